/** Every page, dark on a desk and light on a phone: nothing that axe finds, nothing wider than the screen. */
import { AxeBuilder } from '@axe-core/playwright';

import { testBeginnings } from './support/beginning';
import { send } from './support/send';
import { expect, portOf, test, type Page } from './support/test';
import { look, LOOKS, VIEWS, type View } from './support/views';

/** Each theme and each width once for every page: colours do not depend on the width. */
const SEEN = LOOKS.filter(({ theme, width }) => (theme === 'dark') === (width === 1440));

test.beforeAll(async () => {
  await send(portOf('servers'), '127.0.9.8', ['<14>Jan  1 00:00:00 cam-3 app[1]: somebody who may not']);
});

for (const view of VIEWS) {
  test.describe(view.name, () => {
    test.use({ who: view.who === undefined ? 'anna' : view.who });
    test('is well in both looks', ({ page }) => isWell(page, view));
  });
}
testBeginnings(isWell);

async function isWell(page: Page, view: View, url = ''): Promise<void> {
  const faults: string[] = [];
  for (const each of SEEN) {
    const words = `${each.theme} ${each.width}`;
    await look(page, view, each, { url });
    const found = await new AxeBuilder({ page }).analyze();
    faults.push(...found.violations.map(({ id, nodes }) => `${words}: ${id} ${nodes.map(({ html }) => html.slice(0, 300)).join(' ')}`));
    const widest = await page.evaluate(() => document.documentElement.scrollWidth);
    if (widest > each.width) faults.push(`${words}: the page is ${widest} px wide`);
  }
  expect(faults).toEqual([]);
}
