/** Every page in the states that are worth a look: how it is come to, and when it is there. */
import { expect, type Locator, type Page } from '@playwright/test';

import { send } from './send';
import { portOf } from './test';
import { ROUTERS, type Name } from './world';

export interface View {
  name: string;
  path: string;
  /** Whose session; null: nobody's. */
  who?: Name | null;
  /** What shows that it is there. */
  shown: (page: Page) => Locator;
  /** It waits for something that does not come. */
  isWaiting?: boolean;
  /** What is done then. */
  act?: (page: Page) => Promise<void>;
}

const grid = (page: Page) => page.getByRole('grid').getByRole('row').nth(2);
const firstRow = (page: Page) => grid(page).getByRole('gridcell').first();

export const VIEWS: readonly View[] = [
  { name: 'overview', path: '/', shown: (page) => page.getByRole('table', { name: 'Engines' }).getByText('running').first() },
  { name: 'search', path: '/search?since=RANGE&columns=time,severity,client,original_log', shown: grid },
  {
    name: 'search-row',
    path: '/search?since=RANGE&q=authenticated&columns=time,severity,client,original_log',
    shown: grid,
    act: async (page) => {
      await firstRow(page).click();
      await expect(page.getByRole('region', { name: /rows around/ }).getByRole('listitem').first()).toBeVisible();
    },
  },
  {
    name: 'search-facets',
    path: '/search?since=RANGE&q=program:sshd&columns=time,severity,client,original_log',
    shown: grid,
    act: async (page) => {
      const fields = page.getByRole('region', { name: 'Fields' });
      if (!(await fields.isVisible())) await page.getByRole('button', { name: 'Fields', exact: true }).click();
      for (const name of ['severity', 'user']) {
        const field = fields.getByRole('button', { name: new RegExp(`^${name}`) });
        if ((await field.getAttribute('aria-expanded')) === 'false') await field.click();
        await expect(page.getByRole('list', { name: `Values of ${name}` }).getByRole('listitem').first()).toBeVisible();
      }
    },
  },
  {
    name: 'search-wrong',
    path: '/search?q=login+(failure',
    shown: (page) => page.getByRole('alert').filter({ hasText: 'Character' }),
  },
  { name: 'search-nothing', path: '/search?q=sshd+nosuchword', shown: (page) => page.getByText('No row matches.') },
  {
    name: 'search-export',
    path: '/search?since=RANGE&q=sshd',
    shown: grid,
    act: async (page) => {
      await page.getByRole('button', { name: 'Export', exact: true }).click();
      await expect(page.getByRole('dialog').getByText(/\d rows?, about/)).toBeVisible();
    },
  },
  {
    name: 'tail',
    path: '/tail',
    shown: (page) => page.getByRole('group', { name: 'What the live tail does' }).getByText('live', { exact: true }),
    act: async (page) => {
      const lines = Array.from({ length: 30 }, (_, place) => `<13${place % 8}>Jan  1 00:00:00 rtr-sylhet-01 link ${place} is up`);
      await send(portOf('edge'), ROUTERS['rtr-sylhet-01'], lines);
      await expect(grid(page)).toBeVisible();
    },
  },
  { name: 'engines', path: '/engines', shown: (page) => page.getByRole('table', { name: 'Engines' }).getByText('running').first() },
  { name: 'engine', path: '/engines/edge', shown: (page) => page.getByRole('table', { name: 'Fields' }) },
  {
    name: 'engine-new',
    path: '/engines?new',
    shown: (page) => page.getByRole('dialog', { name: 'New engine' }).getByLabel('Port (UDP)'),
  },
  { name: 'clients', path: '/clients', shown: (page) => page.getByText('rtr-dhaka-01').first() },
  { name: 'clients-unknown', path: '/clients?view=unknown', shown: (page) => page.getByRole('button', { name: /^Allow / }).first() },
  {
    name: 'help',
    path: '/engines',
    shown: (page) => page.getByRole('table', { name: 'Engines' }),
    act: async (page) => {
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog', { name: 'Keyboard' })).toBeVisible();
    },
  },
  { name: 'not-found', path: '/no-such-page', shown: (page) => page.getByRole('heading', { name: 'There is no such page' }) },
  { name: 'sign-in', path: '/sign-in', who: null, shown: (page) => page.getByRole('button', { name: 'Sign in' }) },
  {
    name: 'sign-in-wrong',
    path: '/sign-in',
    who: null,
    shown: (page) => page.getByRole('button', { name: 'Sign in' }),
    act: async (page) => {
      // Another one each time: who fails often with one has to wait.
      await page.getByLabel('Name').fill(`somebody ${Date.now()}`);
      await page.getByLabel('Password', { exact: true }).fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toBeVisible();
    },
  },
  { name: 'viewer-search', path: '/search', who: 'vera', shown: (page) => page.getByText('Your role does not see log lines.') },
];

export const LOOKS = [
  { theme: 'dark', width: 1440, height: 900 },
  { theme: 'light', width: 1440, height: 900 },
  { theme: 'dark', width: 360, height: 740 },
  { theme: 'light', width: 360, height: 740 },
] as const;

/** Which server, if not the one of all tests; as how old as `range` searches show rows. */
interface Where {
  url?: string;
  range?: string;
}

/** The page as it then is, in a theme and a size. */
export async function look(
  page: Page,
  view: View,
  { theme, width, height }: (typeof LOOKS)[number],
  { url = '', range = '-24h' }: Where = {},
): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.addInitScript((chosen) => localStorage.setItem('syslogger.theme', chosen), theme);
  await page.goto(url + view.path.replace('RANGE', range));
  await expect(view.shown(page)).toBeVisible();
  await view.act?.(page);
  if (view.isWaiting !== true) await hasAll(page);
  await isStill(page);
}

/** Nothing is waited for: some bars show how full something is; those that only turn wait, some of them for a first row. */
export async function hasAll(page: Page): Promise<void> {
  await expect(page.locator('[role="progressbar"]:not([aria-valuenow])')).toHaveCount(0);
}

/** Nothing fades or moves any more. */
export async function isStill(page: Page): Promise<void> {
  await expect.poll(() => page.evaluate(() => document.getAnimations().filter(({ playState }) => playState === 'running').length)).toBe(0);
}
