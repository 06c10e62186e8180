/** A server on which nothing is yet: its pages before the first account, before the first row, and without any engine. */
import { request } from '@playwright/test';

import { Person } from './api';
import { Server } from './server';
import { expect, test, type Page } from './test';
import type { View } from './views';

const ENGINE = 'main';

export class Beginning {
  #anna: Person | null = null;
  #hasEngine = true;

  private constructor(private readonly server: Server) {}

  static async started(): Promise<Beginning> {
    return new Beginning(await Server.started([{ name: ENGINE, class: 'mikrotik' }]));
  }

  get url(): string {
    return this.server.url;
  }

  async hasAccount(): Promise<Person> {
    this.#anna ??= await Person.madeFirst(request, this.server.url, 'anna', this.server.setupCode());
    return this.#anna;
  }

  async hasNoEngine(): Promise<void> {
    const anna = await this.hasAccount();
    if (this.#hasEngine) await anna.write('DELETE', `/engines/${ENGINE}?confirm=${ENGINE}&data=delete`);
    this.#hasEngine = false;
  }

  /** Who has an account opens pages with it. */
  async lendTo(page: Page): Promise<void> {
    await this.#anna?.lendTo(page);
  }

  async remove(): Promise<void> {
    await this.#anna?.leave();
    await this.server.remove();
  }
}

interface Stage {
  name: string;
  /** Brings the server there, from any earlier one. */
  reach: (beginning: Beginning) => Promise<unknown>;
  views: readonly View[];
}

const STAGES: readonly Stage[] = [
  {
    name: 'before the first account',
    reach: () => Promise.resolve(),
    views: [
      { name: 'setup', path: '/', shown: (page) => page.getByLabel('Setup code') },
      {
        name: 'setup-wrong',
        path: '/setup',
        shown: (page) => page.getByLabel('Setup code'),
        act: async (page) => {
          await page.getByLabel('Setup code').fill('not-the-code');
          await page.getByLabel('Name').fill('anna');
          await page.getByLabel('Password', { exact: true }).fill('a long enough password');
          await page.getByRole('button', { name: 'Make the admin and sign in' }).click();
          await expect(page.getByLabel('Setup code')).toHaveAttribute('aria-invalid', 'true');
        },
      },
    ],
  },
  {
    name: 'before the first row',
    reach: (beginning) => beginning.hasAccount(),
    views: [
      { name: 'overview-first', isWaiting: true, path: '/', shown: (page) => page.getByText('Waiting for the first row.') },
      { name: 'search-first', isWaiting: true, path: '/search', shown: (page) => page.getByRole('heading', { name: 'Nothing is stored yet' }) },
      { name: 'tail-first', isWaiting: true, path: '/tail', shown: (page) => page.getByText(/Point a device at port \d+/) },
      { name: 'engine-first', path: `/engines/${ENGINE}`, shown: (page) => page.getByRole('heading', { name: /^Point a device at port/ }) },
      { name: 'clients-first', path: '/clients?view=unknown', shown: (page) => page.getByRole('tab', { name: /Unknown senders/ }) },
    ],
  },
  {
    name: 'without any engine',
    reach: (beginning) => beginning.hasNoEngine(),
    views: [
      { name: 'overview-bare', isWaiting: true, path: '/', shown: (page) => page.getByText('There is no engine yet that could receive anything.') },
      { name: 'search-bare', path: '/search', shown: (page) => page.getByText('No engine yet: an engine listens') },
      { name: 'tail-bare', isWaiting: true, path: '/tail', shown: (page) => page.getByText('No line has arrived yet.') },
      { name: 'engines-bare', path: '/engines', shown: (page) => page.getByText('No engine yet.') },
      { name: 'clients-bare', path: '/clients', shown: (page) => page.getByText('No engine yet, so nobody can send.') },
    ],
  },
];

/** A test for each page of each stage. */
export function testBeginnings(run: (page: Page, view: View, url: string) => Promise<void>): void {
  test.describe('a new server', () => {
    test.use({ who: null });
    let beginning: Beginning;
    test.beforeAll(async () => {
      beginning = await Beginning.started();
    });
    test.afterAll(() => beginning.remove());

    for (const { name, reach, views } of STAGES) {
      test.describe(name, () => {
        test.beforeAll(async () => {
          await reach(beginning);
        });
        for (const view of views) {
          test(view.name, async ({ page }) => {
            await beginning.lendTo(page);
            await run(page, view, beginning.url);
          });
        }
      });
    }
  });
}
