/** Pictures of every page in both themes and two widths: `npm run screenshots`, into SCREENSHOTS or test-results/screenshots. */
import { mkdirSync, writeFileSync } from 'node:fs';

import { testBeginnings } from './support/beginning';
import { chance, routerLine, serverLine } from './support/lines';
import { send } from './support/send';
import { smaller } from './support/smaller';
import { portOf, test, type Page } from './support/test';
import { look, LOOKS, VIEWS, type View } from './support/views';
import { ROUTERS, SERVERS, STRANGER } from './support/world';

const FOLDER = process.env['SCREENSHOTS'] ?? 'test-results/screenshots';
/** Those of the documentation, which are small. */
const SHOWN: Readonly<Record<string, readonly string[]>> = {
  overview: ['dark-1440', 'light-1440', 'dark-360'],
  search: ['light-1440', 'dark-1440', 'light-360'],
  'search-row': ['dark-1440'],
  tail: ['dark-1440'],
  engines: ['light-1440'],
  engine: ['dark-1440'],
  'clients-unknown': ['light-1440'],
  'search-export': ['light-1440'],
};
/** A minute is enough for charts that show something. */
const FIRST_MS = Number(process.env['SCREENSHOTS_AFTER_SECONDS'] ?? 60) * 1_000;
const EVERY_MS = 250;

/** Devices that go on sending, some more and some less, while pictures are taken. */
class Devices {
  readonly #random = chance(11);
  readonly #timer = setInterval(() => void this.#turn(), EVERY_MS);
  #turns = 0;

  stop(): void {
    clearInterval(this.#timer);
  }

  async #turn(): Promise<void> {
    this.#turns += 1;
    const swell = 1 + Math.sin(this.#turns / 14) / 2;
    const some = (most: number, line: typeof routerLine, host: string) =>
      Array.from({ length: Math.round(most * swell * (0.7 + this.#random() * 0.6)) }, () => line(this.#random, host));
    for (const [place, [host, from]] of Object.entries(ROUTERS).entries()) await send(portOf('edge'), from, some(26 - 9 * place, routerLine, host));
    for (const [place, [host, from]] of Object.entries(SERVERS).entries()) await send(portOf('servers'), from, some(7 - 4 * place, serverLine, host));
    if (this.#turns % 9 === 0) await send(portOf('edge'), STRANGER, [routerLine(this.#random, 'rtr-khulna-04')]);
    if (this.#turns % 31 === 0) await send(portOf('servers'), '127.0.9.8', [serverLine(this.#random, 'backup-2')]);
  }
}

let devices: Devices;
test.beforeAll(async () => {
  test.setTimeout(FIRST_MS + 60_000);
  devices = new Devices();
  await new Promise((resolve) => setTimeout(resolve, FIRST_MS));
});
test.afterAll(() => devices.stop());

for (const view of VIEWS) {
  test.describe(view.name, () => {
    test.use({ who: view.who === undefined ? 'anna' : view.who });
    test('pictures', ({ page }) => take(page, view));
  });
}
testBeginnings(take);

async function take(page: Page, view: View, url = ''): Promise<void> {
  for (const each of LOOKS) {
    await look(page, view, each, { url, range: '-3m' });
    // Charts and rates have had a second of what arrives.
    await page.waitForTimeout(1_500);
    const [name, picture] = [`${each.theme}-${each.width}`, await page.screenshot()];
    mkdirSync(`${FOLDER}/small`, { recursive: true });
    writeFileSync(`${FOLDER}/${view.name}-${name}.png`, picture);
    if (SHOWN[view.name]?.includes(name) === true) {
      writeFileSync(`${FOLDER}/small/${view.name}-${name}.webp`, await smaller(page.context(), picture));
    }
  }
}
