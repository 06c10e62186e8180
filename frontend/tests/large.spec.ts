/** Much of it: a class of 200 fields, and 50 engines. Pages stay as quick to use as with a few, and as wide as the screen. */
import { AxeBuilder } from '@axe-core/playwright';
import { request } from '@playwright/test';

import { Person } from './support/api';
import { send } from './support/send';
import { CLASSES, freeDatagramPorts, Server } from './support/server';
import { expect, test, type Locator, type Page } from './support/test';
import { hasAll, isStill } from './support/views';

test.use({ who: null });

/** As many as a class may have. */
const FIELDS = Array.from({ length: 200 }, (_, place) => `reading_${String(place + 1).padStart(3, '0')}`);
const LINES = 30;
/** Besides `meters`. */
const MORE = 49;
/** To make or to delete one, on a slow disk. */
const EACH_MS = 30_000;
const DESK = { width: 1440, height: 900 };
/** Where a row is a card, which has no columns. */
const PHONE = { width: 360, height: 740 };
const SIZES = [DESK, PHONE];

let server: Server;
let anna: Person;

test.beforeAll(async () => {
  const meters = Object.fromEntries(FIELDS.map((field) => [field, String.raw`${field}=(\S+)`]));
  server = await Server.started([{ name: 'meters', class: 'meters' }], { ...CLASSES, meters });
  anna = await Person.madeFirst(request, server.url, 'anna', server.setupCode());
  await send(server.ports['meters'] ?? 0, '127.0.0.1', Array.from({ length: LINES }, (_, place) => meterLine(place)));
  await anna.hasStored('', LINES);
});
test.afterAll(async () => {
  await anna.leave();
  await server.remove();
});
test.beforeEach(({ page }) => anna.lendTo(page));

function meterLine(place: number): string {
  const readings = FIELDS.map((field, index) => `${field}=${(place * 7 + index * 13) % 1_000}.${index % 10}kW`);
  return `<14>Jan  1 00:00:00 plant-7 meter[${place}]: ${readings.join(' ')}`;
}

/** axe finds nothing, and the page is no wider than the screen. */
async function expectWell(page: Page): Promise<void> {
  await hasAll(page);
  await isStill(page);
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id, nodes }) => `${id} ${nodes.map(({ html }) => html.slice(0, 200)).join(' ')}`)).toEqual([]);
  await expectNoWider(page);
}

async function expectNoWider(page: Page): Promise<void> {
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(page.viewportSize()?.width ?? 0);
}

/** Nothing that is scrolled slides over it. */
function isOnTop(locator: Locator): Promise<boolean> {
  return locator.evaluate((element) => {
    const { x, y, width, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + width / 2, y + height / 2));
  });
}

async function opened(page: Page, size: (typeof SIZES)[number], path: string): Promise<void> {
  await page.setViewportSize(size);
  await page.goto(`${server.url}${path}`);
}

for (const size of SIZES) {
  test.describe(`200 fields, ${size.width} px`, () => {
    test('those of a row, and the rail', async ({ page }) => {
      await opened(page, size, '/search?columns=time,client,severity,original_log');
      const rows = page.getByRole('grid', { name: 'Rows found' });
      await rows.getByRole('row').nth(2).getByRole('gridcell').first().click();
      const ofRow = page.getByRole('region', { name: 'Fields of this row' });
      await expect.poll(() => ofRow.getByRole('row').count()).toBeGreaterThan(FIELDS.length);
      await ofRow.getByLabel(/^Find in 2\d\d fields$/).fill('reading_157');
      await expect(ofRow.getByRole('row')).toHaveCount(1);
      await expect(ofRow.getByRole('row')).toContainText(/reading_157\s*\d+\.6kW/);
      await expectWell(page);
      await page.getByRole('button', { name: 'Close the row' }).click();

      const rail = page.getByRole('region', { name: 'Fields', exact: true });
      if (!(await rail.isVisible())) await page.getByRole('button', { name: 'Fields', exact: true }).click();
      await rail.getByLabel('Find a field').fill('reading_19');
      await expect(rail.getByRole('button', { name: /^reading_/ })).toHaveCount(10);
      await rail.getByRole('button', { name: 'reading_198' }).click();
      await expect(page.getByRole('list', { name: 'Values of reading_198' }).getByRole('listitem').first()).toContainText('.7kW');
      await expectNoWider(page);
    });

    test('a query is completed out of them', async ({ page }) => {
      await opened(page, size, '/search');
      const query = page.getByRole('textbox', { name: 'Query' });
      await query.click();
      await page.keyboard.type('reading');
      const options = page.getByRole('listbox', { name: 'Fields' }).getByRole('option');
      await expect(options.first()).toBeVisible();
      expect(await options.count()).toBeLessThanOrEqual(50);
      await page.keyboard.type('_173');
      await expect(options).toHaveCount(1);
      await expectNoWider(page);
      await page.keyboard.press('Tab');
      await expect(query).toHaveValue('reading_173:');
      const values = page.getByRole('listbox', { name: 'Values of reading_173' }).getByRole('option');
      await expect(values.first()).toContainText('.2kW');
      await page.keyboard.press('Tab');
      await page.keyboard.press('Enter');
      await expect(page.getByRole('grid', { name: 'Rows found' }).getByRole('row')).toHaveCount(2);
    });

    test("the engine's page has each with its figures", async ({ page }) => {
      await opened(page, size, '/engines/meters');
      const fields = page.getByRole('table', { name: 'Fields' });
      await expect(fields.getByRole('row')).toHaveCount(FIELDS.length + 1);
      await expect(fields.getByRole('row', { name: /reading_200/ })).toContainText('%');
      const box = await page.getByRole('group', { name: 'Fields, table' }).boundingBox();
      expect(box?.height).toBeLessThanOrEqual(320);
      await fields.getByRole('button', { name: 'Field', exact: true }).click();
      await fields.getByRole('button', { name: 'Field', exact: true }).click();
      await expect(fields.getByRole('row').nth(1)).toContainText('reading_200');
      await expectNoWider(page);
    });
  });
}

test('200 fields: one more column, and all of them in a box that scrolls', async ({ page }) => {
  const rows = page.getByRole('grid', { name: 'Rows found' });
  await opened(page, DESK, '/search?columns=time,client,severity,original_log');
  await page.getByRole('button', { name: /^Columns/ }).click();
  const chooser = page.getByRole('dialog', { name: 'Columns' });
  await chooser.getByLabel('Find a field').fill('_042');
  await chooser.getByRole('checkbox', { name: 'reading_042' }).click();
  await expectNoWider(page);
  await chooser.getByLabel('Find a field').press('Escape');
  await expect(rows.getByRole('columnheader', { name: /reading_042/ })).toBeVisible();
  await expect(rows.locator('[data-column="reading_042"]').first()).toContainText('kW');

  await opened(page, DESK, `/search?columns=time,${FIELDS.join(',')},original_log`);
  const last = rows.locator('[data-column="reading_200"]').nth(2);
  await expect(last).toContainText('.9kW');
  await last.scrollIntoViewIfNeeded();
  await expect(last).toBeInViewport();
  await expectNoWider(page);
});

test.describe('50 engines', () => {
  const names = Array.from({ length: MORE }, (_, place) => `site_${String(place + 1).padStart(2, '0')}`);

  test.beforeAll(async () => {
    test.setTimeout(EACH_MS * MORE);
    for (const [place, port] of (await freeDatagramPorts(MORE)).entries()) {
      const name = names[place] ?? '';
      const clients = [{ name: `rack of ${name}`, address: `10.${place}.0.0/16` }];
      const engine = { name, class: 'linux', port, title: `Cabinet of ${name}`, clients, running: false };
      await anna.write('POST', '/engines', { engine, autostart: false });
    }
  });
  test.afterAll(async () => {
    test.setTimeout(EACH_MS * MORE);
    for (const name of names) await anna.write('DELETE', `/engines/${name}?confirm=${name}&data=delete`);
    expect((await anna.get<unknown[]>('/engines')).length).toBe(1);
  });

  for (const size of SIZES) {
    test.describe(`${size.width} px`, () => {
      test('the overview has them in a box that does not grow', async ({ page }) => {
        await opened(page, size, '/');
        const table = page.getByRole('table', { name: 'Engines' });
        await expect(table.getByRole('row')).toHaveCount(MORE + 2);
        await expect(table.getByRole('row', { name: /^meters/ })).toContainText('running');
        await expect(page.getByRole('group', { name: 'Status' })).toContainText('1 of 50 engines running');
        const box = page.getByRole('group', { name: 'List of engines' });
        expect((await box.boundingBox())?.height).toBeLessThanOrEqual(281);
        await table.getByRole('link', { name: 'site_49' }).scrollIntoViewIfNeeded();
        await expect(table.getByRole('link', { name: 'site_49' })).toBeInViewport();
        await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
        expect(await isOnTop(page.getByRole('link', { name: 'Syslogger, overview' }))).toBe(true);
        await expectWell(page);
      });

      test('one is found in the list, with what can be done', async ({ page }) => {
        await opened(page, size, '/engines');
        const table = page.getByRole('table', { name: 'Engines' });
        await expect(table.getByRole('row')).toHaveCount(MORE + 2);
        await expectWell(page);
        await page.getByLabel('Filter').fill('site_37');
        await expect(table.getByRole('row')).toHaveCount(2);
        await expect(table.getByRole('row', { name: /site_37/ })).toContainText('Cabinet of site_37');
        await table.getByRole('button', { name: 'Actions for site_37' }).click();
        await expect(page.getByRole('menuitem', { name: 'Start' })).toBeVisible();
        await page.keyboard.press('Escape');
        await page.getByLabel('Filter').fill('running');
        await expect(table.getByRole('row', { name: /meters/ })).toBeVisible();
        await page.getByLabel('Filter').fill('nothing of this name');
        await expect(page.getByText('None of 50 engines has “nothing of this name”.')).toBeVisible();
      });

      test('one is chosen among the clients', async ({ page }) => {
        await opened(page, size, '/clients');
        await page.getByRole('combobox', { name: 'Engine' }).click();
        await expect(page.getByRole('option')).toHaveCount(MORE + 2);
        await page.getByRole('option', { name: 'site_44' }).click();
        await expect(page).toHaveURL(/engine=site_44/);
        await expect(page.getByText('rack of site_44')).toBeVisible();
        await expect(page.getByText('rack of site_43')).toHaveCount(0);
        await expectWell(page);
      });

      test('one is named in a search', async ({ page }) => {
        await opened(page, size, '/search?engine=site_21&engine=meters');
        const only = page.getByRole('group', { name: 'Only of' });
        await expect(only.getByRole('button')).toHaveCount(2);
        await expect(page.getByRole('grid', { name: 'Rows found' }).getByRole('row').nth(2)).toBeVisible();
        await expectWell(page);
        await only.getByRole('button', { name: 'Not only of engine meters' }).click();
        await expect(page.getByText('No row matches.')).toBeVisible();
        await page.getByRole('button', { name: 'all engines and classes' }).click();
        await expect(page.getByRole('grid', { name: 'Rows found' }).getByRole('row').nth(2)).toBeVisible();
      });
    });
  }
});
