/** Find it: query, completion, rows, filters, chart, facets. */
import { send } from './support/send';
import { expect, portOf, test, type Page } from './support/test';
import { SERVERS } from './support/world';

function parts(page: Page) {
  return {
    query: page.getByRole('textbox', { name: 'Query' }),
    rows: page.getByRole('grid', { name: 'Rows found' }),
    line: page.getByRole('region', { name: 'Original line' }),
    asked: () => new URL(page.url()).searchParams,
  };
}

test('a query is completed, run, and answered', async ({ page }) => {
  const { query, rows, asked } = parts(page);
  await page.goto('/search');
  await expect(rows.getByRole('row').nth(5)).toBeVisible();
  await page.keyboard.press('/');
  await expect(query).toBeFocused();
  await page.keyboard.type('router_id');
  await expect(page.getByRole('option', { name: 'router_identity text' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(query).toHaveValue('router_identity:');
  await page.keyboard.type('rtr-s');
  await expect(page.getByRole('listbox', { name: 'Values of router_identity' }).getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Tab');
  await expect(query).toHaveValue(/^router_identity:"?rtr-sylhet-01"? $/);
  await page.keyboard.press('Enter');

  await expect.poll(() => asked().get('q')).toMatch(/rtr-sylhet-01/);
  await expect(rows.getByRole('row').nth(3)).toContainText('rtr-sylhet-01');
  await expect(rows).not.toContainText('rtr-dhaka');
  await expect(page.getByText(/1,\d{3} rows · [\d.]+ s/)).toBeVisible();
});

test('a query that is wrong is told so, at its place', async ({ page }) => {
  const { query } = parts(page);
  await page.goto('/search');
  await query.fill('login (failure');
  await query.press('Escape');
  await page.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(page.getByRole('alert').filter({ hasText: /Character \d+/ })).toBeVisible();
  await expect(page.getByTestId('fault-mark')).toBeAttached();
  await expect(query).toHaveAttribute('aria-invalid', 'true');
  await query.fill('login failure');
  await query.press('Enter');
  await expect(query).toHaveAttribute('aria-invalid', 'false');
});

test('a row has its page, its fields filter, and Back comes back', async ({ page }) => {
  const { query, rows, line, asked } = parts(page);
  await page.goto('/search?q=authenticated');
  await rows.getByRole('row').nth(2).getByRole('gridcell').first().click();
  await expect(line).toContainText('authenticated');
  await expect(page.getByRole('region', { name: /rows around/ }).getByRole('listitem').nth(3)).toBeVisible();
  expect(asked().get('row')).not.toBeNull();

  await page.reload();
  await expect(line).toContainText('authenticated');
  await page.getByRole('button', { name: 'Filter for severity', exact: true }).click();
  await expect(query).toHaveValue(/authenticated severity:\S+/);
  await expect(rows.getByRole('row').nth(2)).toContainText('notice');
  await page.goBack();
  await expect(query).toHaveValue('authenticated');
});

test('a value in a row is filtered for and out', async ({ page }) => {
  const { query, rows } = parts(page);
  await page.goto('/search?q=login');
  await rows.locator('[data-column="severity"] .value').first().click();
  await page.getByRole('menuitem', { name: 'Filter it out' }).click();
  await expect(query).toHaveValue(/^login -severity:/);
});

test('the chart zooms by drag and by keys, and Back undoes it', async ({ page, anna }) => {
  const { asked } = parts(page);
  const mark = `zoom${Date.now()}`;
  await send(portOf('servers'), SERVERS['web-1'], [`<14>Jan  1 00:00:00 web-1 app[1]: ${mark}`]);
  await anna.hasStored(mark, 1);
  // A range with two ends has the same bars, whenever it is asked for again.
  const [since, until] = [Date.now() - 900_000, Date.now() + 60_000].map((ms) => String(ms * 1_000));
  await page.goto(`/search?since=${since}&until=${until}`);
  const chart = page.getByRole('slider', { name: /^Rows in each/ });
  await expect(chart).toHaveAttribute('aria-valuetext', /steps/);
  const box = await chart.boundingBox();
  if (box === null) throw new Error('no chart');
  await page.mouse.move(box.x + box.width * 0.5, box.y + 40);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.7, box.y + 40, { steps: 5 });
  await page.mouse.move(box.x + box.width * 0.98, box.y + 40, { steps: 5 });
  await page.mouse.up();
  await expect.poll(() => asked().get('since')).not.toBe(since);
  await page.getByRole('region', { name: 'Rows over time' }).getByRole('button', { name: 'Back' }).click();
  await expect.poll(() => asked().get('since')).toBe(since);

  await chart.press('ArrowRight');
  await chart.press('Shift+ArrowRight');
  await expect(chart).toHaveAttribute('aria-valuetext', /^selected/);
  await chart.press('Enter');
  await expect.poll(() => asked().get('until')).not.toBe(until);
  await page.goBack();
  await expect.poll(() => asked().get('until')).toBe(until);
});

test('facets count values, include and exclude them', async ({ page }) => {
  const { query, rows } = parts(page);
  await page.goto('/search');
  const fields = page.getByRole('region', { name: 'Fields' });
  await fields.getByRole('button', { name: /^program/ }).click();
  const values = page.getByRole('list', { name: 'Values of program' });
  await expect(values.getByRole('listitem').filter({ hasText: 'sshd' })).toBeVisible();
  await page.getByRole('button', { name: 'Filter for program sshd' }).click();
  await expect(query).toHaveValue('program:sshd');
  await expect(rows.getByRole('row').nth(1)).toContainText('sshd');
  await fields.getByRole('button', { name: /^user/ }).click();
  await page.getByRole('button', { name: 'Filter out user oracle' }).click();
  await expect(query).toHaveValue('program:sshd -user:oracle');
  await expect(rows.getByRole('row').nth(1)).toBeVisible();
  await expect(rows).not.toContainText('oracle');
});

test('nothing found leads on', async ({ page }) => {
  const { query } = parts(page);
  await page.goto('/search?q=sshd+nosuchword');
  await expect(page.getByText('No row matches.')).toBeVisible();
  await page.getByRole('group', { name: 'Fewer conditions' }).getByRole('button', { name: /without\s+nosuchword/ }).click();
  await expect(query).toHaveValue('sshd');
  await expect(page.getByRole('grid', { name: 'Rows found' }).getByRole('row').nth(1)).toBeVisible();
});

test('a search is kept under a name and found again', async ({ page }) => {
  const { query } = parts(page);
  const name = `failures ${Date.now()}`;
  await page.goto('/search?q=failure&since=-7d');
  await page.getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('form', { name: 'Save this search' }).getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('region', { name: 'Saved searches' })).toContainText(name);
  await page.goto('/search');
  await page.getByRole('button', { name: 'Saved' }).click();
  await page.getByRole('region', { name: 'Saved searches' }).getByRole('button', { name: new RegExp(`^${name}`) }).click();
  await expect(query).toHaveValue('failure');
  await expect.poll(() => new URL(page.url()).searchParams.get('since')).toBe('-7d');
});

test('a column is taken away and put back', async ({ page }) => {
  const { rows } = parts(page);
  await page.goto('/search?columns=time,client,severity,original_log');
  await expect(rows.getByRole('columnheader', { name: /client/ })).toBeVisible();
  await page.getByRole('button', { name: /^Columns/ }).click();
  await page.getByRole('checkbox', { name: 'client', exact: true }).click();
  await page.keyboard.press('Escape');
  await expect(rows.getByRole('columnheader', { name: /client/ })).toHaveCount(0);
});

test('a search that takes long is cancelled, and searching goes on', async ({ page, anna }) => {
  const { query, rows } = parts(page);
  const mark = `slow${Date.now()}`;
  await send(portOf('servers'), SERVERS['web-1'], [`<14>Jan  1 00:00:00 web-1 app[1]: ${mark} ${'a'.repeat(60)}`]);
  await anna.hasStored(mark, 1);
  await page.goto(`/search?q=${mark}`);
  await expect(rows).toContainText(mark);
  const asked: string[] = [];
  page.on('requestfailed', (request) => {
    if (/\/logs\?/.test(request.url())) asked.push(request.failure()?.errorText ?? '');
  });
  // Nothing of it is found in so many ways that this takes longer than anybody waits.
  await query.fill(String.raw`${mark} /((?:a|aa)+)+(?=!)/`);
  await query.press('Enter');
  await page.getByRole('button', { name: 'Cancel', exact: true }).click();
  await expect(page.getByText('The search was cancelled.')).toBeVisible();
  await expect.poll(() => asked).toEqual(['net::ERR_ABORTED']);

  await page.getByRole('button', { name: 'Run it again' }).click();
  await expect(page.getByRole('button', { name: 'Cancel', exact: true })).toBeVisible();
  await expect(page.getByText('The search was cancelled.')).toHaveCount(0);
  await query.fill(mark);
  await query.press('Enter');
  await expect(page.getByRole('button', { name: 'Run', exact: true })).toBeVisible({ timeout: 120_000 });
  await expect(rows.getByRole('row')).toHaveCount(2);
  await expect(rows).toContainText(mark);
});
