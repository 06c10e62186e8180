/** From a server that was just installed to the first row: with nothing but what stands on the pages. */
import { send } from './support/send';
import { Server } from './support/server';
import { PASSWORD } from './support/api';
import { expect, test } from './support/test';

test.use({ who: null });

let server: Server;
test.beforeAll(async () => {
  server = await Server.started([{ name: 'main', class: 'mikrotik', clients: { '127.0.0.0/8': 'loopback' } }]);
});
test.afterAll(() => server.remove());

test('from setup to the first row, out and in again', async ({ page }) => {
  await page.goto(server.url);
  await expect(page.getByRole('heading', { name: 'Make the first admin' })).toBeVisible();
  await expect(page.getByText('_control/setup.code')).toBeVisible();
  await page.getByLabel('Setup code').fill(server.setupCode());
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill('short');
  await expect(page.getByRole('button', { name: 'Make the admin and sign in' })).toBeDisabled();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the admin and sign in' }).click();

  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await expect(page.getByText('Waiting for the first row.')).toBeVisible();
  const ready = await page.getByRole('group', { name: 'Try it on this server itself' }).innerText();
  const [, host = '', port = '', words = ''] = /logger -n (\S+) -P (\d+) .* '(.*)'/.exec(ready) ?? [];
  expect(host).toBe('127.0.0.1');
  await send(Number(port), '127.0.0.1', [`<13>Jan  1 00:00:00 here test: ${words}`]);

  await expect(page.getByText('The first row has arrived and is stored.')).toBeVisible();
  await expect(page.getByText(words)).toBeVisible();
  await page.getByRole('link', { name: 'Open it in Search' }).click();
  await expect(page.getByRole('region', { name: 'Original line' })).toContainText(words);
  await expect(page.getByRole('grid', { name: 'Rows found' })).toContainText(words);

  await page.getByRole('button', { name: /Account of anna/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill('not my password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('region', { name: 'Original line' })).toContainText(words);
});
