/** The server is away, the session has ended: what was there stays, and the way back is short. */
import { request } from '@playwright/test';

import { PASSWORD, Person } from './support/api';
import { send } from './support/send';
import { Server } from './support/server';
import { expect, test, type Page } from './support/test';
import { hasAll } from './support/views';

test.use({ who: null });
test.describe.configure({ mode: 'serial' });

let server: Server;
let anna: Person;
const lines = (word: string) => Array.from({ length: 20 }, (_, place) => `<14>Jan  1 00:00:00 here app[1]: ${word} ${place}`);

test.beforeAll(async () => {
  server = await Server.started([{ name: 'main', class: 'linux' }]);
  anna = await Person.madeFirst(request, server.url, 'anna', server.setupCode());
  await send(server.ports['main'] ?? 0, '127.0.0.1', lines('first'));
  await anna.hasStored('first', 20);
});
test.afterAll(async () => {
  await anna.leave();
  await server.remove();
});

async function signIn(page: Page): Promise<void> {
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

test('a session that ends in the middle of work leads back to the same place', async ({ page }) => {
  await page.goto(`${server.url}/search?q=first`);
  await signIn(page);
  const rows = page.getByRole('grid', { name: 'Rows found' });
  await expect(rows).toContainText('first 19');
  const run = page.getByRole('button', { name: 'Run', exact: true });
  await page.getByRole('textbox', { name: 'Query' }).fill('first 7');
  await run.click();
  await expect(page).toHaveURL(/q=first[+]7/);
  const [me] = await anna.get<{ id: number }[]>('/users');
  await anna.write('DELETE', `/users/${me?.id ?? 0}/sessions`).catch(() => undefined);
  const ended = page.getByRole('heading', { name: 'Sign in' });
  // Whatever is asked next hears of it: this, or what the page asks by itself.
  await Promise.race([run.click(), ended.waitFor()]);
  await expect(ended).toBeVisible();
  await signIn(page);
  await expect(page.getByRole('textbox', { name: 'Query' })).toHaveValue('first 7');
  await expect(rows).toContainText('first 7');
});

test('while the server is away the pages keep what they had, and go on by themselves', async ({ page, context }) => {
  await page.goto(`${server.url}/search?q=first`);
  await signIn(page);
  const rows = page.getByRole('grid', { name: 'Rows found' });
  await expect(rows).toContainText('first 19');
  const overview = await context.newPage();
  await overview.goto(`${server.url}/`);
  await expect(overview.getByRole('table', { name: 'Engines' })).toContainText('running');
  // What was not there before the server went away would say that, too.
  await hasAll(overview);

  await server.stop();
  await expect(overview.getByRole('group', { name: 'Status' })).toContainText('Not live');
  await expect(overview.getByText('The server does not answer.').first()).toBeVisible();
  await expect(overview.getByRole('table', { name: 'Engines' })).toContainText('main');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('The server does not answer.').first()).toBeVisible();
  await expect(rows).toContainText('first 19');

  await server.start();
  await expect(overview.getByRole('group', { name: 'Status' })).toContainText('1 engine', { timeout: 120_000 });
  await expect(overview.getByText('The server does not answer.')).toHaveCount(0);
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByText('The server does not answer.')).toHaveCount(0);
  await expect(rows).toContainText('first 19');
});
