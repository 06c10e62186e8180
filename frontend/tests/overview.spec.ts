/** Is everything all right? */
import { send } from './support/send';
import { expect, figuresOf, portOf, test } from './support/test';
import { ROUTERS } from './support/world';

test('the ledger balances, and counts what arrives while it is looked at', async ({ page }) => {
  await page.goto('/');
  const engines = page.getByRole('table', { name: 'Engines' });
  await expect(engines.getByRole('row', { name: /edge/ })).toContainText('running');
  await expect(page.getByText('Nothing was lost: every message that arrived is accounted for.')).toBeVisible();
  await expect(page.getByRole('group', { name: 'Status' })).toContainText('0 lost');

  const { stored: before = 0 } = await figuresOf(page, 'Ledger');
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], Array.from({ length: 40 }, (_, place) => `<14>Jan  1 00:00:00 r overview ${place}`));
  await expect.poll(async () => (await figuresOf(page, 'Ledger'))['stored']).toBeGreaterThanOrEqual(before + 40);
  const { offered, unexplained, ...rest } = await figuresOf(page, 'Ledger');
  expect(Object.values(rest).reduce((sum, each) => sum + each, 0)).toBe(offered);
  expect(unexplained).toBe(0);

  await page.getByRole('button', { name: 'Show the figures' }).click();
  await expect(page.getByRole('columnheader', { name: /stored/i }).first()).toBeVisible();
});

test('a sender leads to its rows', async ({ page }) => {
  await page.goto('/');
  await page.getByRole('table', { name: 'Senders' }).getByRole('link', { name: 'rtr-dhaka-02' }).click();
  await expect(page.getByRole('textbox', { name: 'Query' })).toHaveValue(`sender:${ROUTERS['rtr-dhaka-02']}`);
  await expect(page.getByRole('grid', { name: 'Rows found' })).toContainText(ROUTERS['rtr-dhaka-02']);
});

test('what is not there is said, and leads on', async ({ page }) => {
  await page.goto('/no-such-page');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
});

test('the theme is kept', async ({ page }) => {
  await page.goto('/');
  const button = page.getByRole('button', { name: /Switch to the (light|dark) theme/ });
  const before = await button.getAttribute('aria-label');
  await button.click();
  await expect(button).not.toHaveAttribute('aria-label', before ?? '');
  const after = await button.getAttribute('aria-label');
  await page.reload();
  await expect(button).toHaveAttribute('aria-label', after ?? '');
});
