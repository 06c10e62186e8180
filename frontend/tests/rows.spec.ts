/** Rows by keyboard, in any number, with anything in them. */
import { send } from './support/send';
import { expect, portOf, test, type Page } from './support/test';
import { ROUTERS, SERVERS } from './support/world';

function rowsOf(page: Page) {
  return page.getByRole('grid', { name: 'Rows found' });
}

test('keys move, open and close', async ({ page }) => {
  await page.goto('/search');
  const rows = rowsOf(page);
  const chosen = rows.locator('[role="row"][aria-selected="true"]');
  const line = page.getByRole('region', { name: 'Original line' });
  await expect(rows.getByRole('row').nth(5)).toBeVisible();
  await page.keyboard.press('j');
  await expect(chosen).toHaveAttribute('aria-rowindex', '2');
  await page.keyboard.press('j');
  await expect(chosen).toHaveAttribute('aria-rowindex', '3');
  await page.keyboard.press('k');
  await expect(chosen).toHaveAttribute('aria-rowindex', '2');
  await expect(rows).toBeFocused();

  await page.keyboard.press('Enter');
  await expect(line).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(line).toHaveCount(0);
  await expect(rows).toBeFocused();

  await page.keyboard.press('e');
  await expect(chosen).toContainText(/crit|err/);
  await page.keyboard.press('G');
  await expect.poll(async () => Number(await chosen.getAttribute('aria-rowindex'))).toBeGreaterThan(100);
  await page.keyboard.press('g');
  await expect(chosen).toHaveAttribute('aria-rowindex', '2');

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('t');
  await expect(page).toHaveURL(/\/tail/);
  const filter = page.getByRole('textbox', { name: 'Only lines that match' });
  await expect(filter).toBeVisible();
  await page.keyboard.press('/');
  await expect(filter).toBeFocused();
});

test('keys of the cells reach the menu of a value', async ({ page }) => {
  await page.goto('/search?q=sshd&columns=time,client,severity,original_log');
  const rows = rowsOf(page);
  await expect(rows.getByRole('row').nth(2)).toBeVisible();
  await page.keyboard.press('j');
  await expect(rows).toBeFocused();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Space');
  await expect(page.getByRole('menu', { name: /^client: / })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(rows).toBeFocused();
});

test('thousands of rows are a few elements', async ({ page }) => {
  await page.goto('/search');
  const rows = rowsOf(page);
  await expect(rows.getByRole('row').nth(5)).toBeVisible();
  await rows.evaluate((grid) => {
    const seen = { most: 0 };
    Object.assign(window, { rowsSeen: seen });
    const count = () => (seen.most = Math.max(seen.most, grid.querySelectorAll('[role="row"]').length));
    new MutationObserver(count).observe(grid, { childList: true, subtree: true });
    count();
  });
  await expect
    .poll(
      async () => {
        await rows.evaluate((grid) => grid.scrollTo(0, grid.scrollHeight));
        return Number(await rows.getAttribute('aria-rowcount'));
      },
      { timeout: 180_000 },
    )
    .toBeGreaterThan(3_000);
  expect(await page.evaluate(() => (window as unknown as { rowsSeen: { most: number } }).rowsSeen.most)).toBeLessThanOrEqual(200);
});

test('what is in a line is text: markup, escapes and signs that turn text around', async ({ page, anna }) => {
  const mark = `evil${Date.now()}`;
  const nasty = `<11>Jan  1 00:00:00 r ${mark} <img src=x onerror="document.title='owned'"><script>document.title='owned'</script> \u001b[31mred\u001b[0m \u202egnp.exe`;
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], [nasty]);
  await anna.hasStored(mark, 1);
  await page.goto(`/search?q=${mark}`);
  const rows = rowsOf(page);
  await expect(rows).toContainText('<script>');
  await expect(rows).toContainText('\\u{1b}[31mred');
  await expect(rows).toContainText('\\u{202e}gnp.exe');
  await expect(page.locator('img, [role="grid"] script')).toHaveCount(0);
  await rows.getByRole('row').nth(1).getByRole('gridcell').first().click();
  await expect(page.getByRole('region', { name: 'Original line' })).toContainText("onerror=\"document.title='owned'\"");
  await expect(page).toHaveTitle('Search · Syslogger');
});

test('a line of ten thousand characters is cut in the rows and whole beside them', async ({ page, anna }) => {
  const mark = `long${Date.now()}`;
  await send(portOf('servers'), SERVERS['web-1'], [`<14>Jan  1 00:00:00 web-1 app[1]: ${mark} ${'x'.repeat(10_000)}end`]);
  await anna.hasStored(mark, 1);
  await page.goto(`/search?q=${mark}`);
  const rows = rowsOf(page);
  await expect(rows).toContainText(/… [\d,]+ more characters/);
  await page.keyboard.press('j');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('region', { name: 'Original line' })).toContainText(/xxxend$/);
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(1440);
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Wrap' }).click();
  await expect(rows.getByRole('row').nth(1)).toBeVisible();
});
