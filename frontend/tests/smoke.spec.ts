import { AxeBuilder } from '@axe-core/playwright';
import { expect, test, type Page } from '@playwright/test';

const CODE = process.env['SYSLOGGER_SETUP_CODE'] ?? '';
const PASSWORD = 'correct horse battery';
/** Where screenshots go; none are made without it. */
const SCREENSHOTS = process.env['SCREENSHOTS'] ?? '';

const LOOKS = [
  { theme: 'dark', width: 1440, height: 900 },
  { theme: 'light', width: 1440, height: 900 },
  { theme: 'dark', width: 360, height: 740 },
  { theme: 'light', width: 360, height: 740 },
] as const;

/** Both themes and two widths: nothing that axe finds, nothing wider than the screen. */
async function looksWell(page: Page, name: string): Promise<void> {
  const faults: string[] = [];
  for (const { theme, width, height } of LOOKS) {
    await page.setViewportSize({ width, height });
    await page.evaluate((chosen) => localStorage.setItem('syslogger.theme', chosen), theme);
    await page.reload();
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await expect(page.getByRole('progressbar')).toHaveCount(0);
    if (name === 'overview') await expect(page.getByRole('table', { name: 'Engines' })).toBeVisible();
    if (SCREENSHOTS !== '') await page.screenshot({ path: `${SCREENSHOTS}/${name}-${theme}-${width}.png` });
    const found = await new AxeBuilder({ page }).analyze();
    faults.push(...found.violations.map((each) => `${theme} ${width}: ${each.id} ${each.nodes.map((node) => node.html).join(' ')}`));
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    if (widest > width) faults.push(`${theme} ${width}: the page is ${widest} px wide`);
  }
  expect(faults).toEqual([]);
  await page.setViewportSize({ width: 1440, height: 900 });
}

test('from setup to the overview, out and in again', async ({ page }) => {
  test.setTimeout(120_000);
  const refused: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('Content Security Policy')) refused.push(message.text());
  });

  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Make the first admin' })).toBeVisible();
  await looksWell(page, 'setup');
  await page.getByLabel('Setup code').fill(CODE);
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the admin and sign in' }).click();

  await expect(page.getByRole('heading', { name: 'Overview' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'Engines' })).toBeVisible();
  await looksWell(page, 'overview');

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await page.goto('/no-such-page');
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();

  await page.getByRole('button', { name: /Account of anna/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await looksWell(page, 'sign-in');
  await page.getByLabel('Name').fill('anna');
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: 'There is no such page' })).toBeVisible();
  expect(refused).toEqual([]);
});
