/** Everything that matches, as a file that is what the page says it is. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { expect, test } from './support/test';

test('an export is made, taken home and the same byte for byte', async ({ page }) => {
  await page.goto('/search?q=authenticated&columns=time,client,severity,original_log');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await expect(dialog.getByText(/\d rows?, about/)).toBeVisible();
  const name = `authenticated-${Date.now()}`;
  await dialog.getByRole('radio', { name: /^JSON lines/ }).click();
  await dialog.getByLabel('File name, if you want another').fill(name);
  await dialog.getByRole('button', { name: 'Start export' }).click();
  const made = dialog.getByRole('listitem', { name: new RegExp(`^${name}`) });
  await expect(made.getByRole('link', { name: /^Download/ })).toBeVisible({ timeout: 30_000 });

  const [download] = await Promise.all([page.waitForEvent('download'), made.getByRole('link', { name: /^Download/ }).click()]);
  const file = readFileSync(await download.path());
  await made.getByRole('button', { name: /^Details/ }).click();
  await expect(made.locator('code')).toHaveText(createHash('sha256').update(file).digest('hex'));
  const lines = file.toString('utf8').trim().split('\n');
  await expect(made).toContainText(new RegExp(`Rows\\s*${lines.length}`));
  expect(lines.every((line) => line.includes('authenticated') && Object.keys(JSON.parse(line) as object).includes('client'))).toBe(true);

  await made.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog', { name: 'Delete this export?' }).getByRole('button', { name: 'Delete the export' }).click();
  await expect(made).toHaveCount(0);
});
