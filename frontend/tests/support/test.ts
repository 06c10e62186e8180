/** What every test has: a page whose browser complains of nothing, somebody signed in, and the engines' ports. */
import { test as base, expect, type Page } from '@playwright/test';

import { Person } from './api';
import { stateOf, type Name } from './world';

export { expect } from '@playwright/test';
export type { Locator, Page } from '@playwright/test';

const URL = process.env['SYSLOGGER_URL'] ?? '';
const FOLDER = process.env['SYSLOGGER_FOLDER'] ?? '';
const PORTS = JSON.parse(process.env['SYSLOGGER_PORTS'] ?? '{}') as Record<string, number>;

/** An answer that is an error is told by the pages; the browser tells it, too. */
const TOLD_BY_PAGES = /Failed to load resource|WebSocket connection to|ERR_CONNECTION/;

/** Everything the browser complains of: the Content-Security-Policy, errors that nobody caught. */
export function complaintsOf(page: Page): string[] {
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('console', (message) => {
    const isBad = message.type() === 'error' || message.text().includes('Content Security Policy');
    if (isBad && !TOLD_BY_PAGES.test(message.text())) complaints.push(message.text());
  });
  return complaints;
}

interface Given {
  /** Whose session pages begin with; null: nobody's. */
  who: Name | null;
}

export const test = base.extend<Given, { anna: Person }>({
  who: ['anna', { option: true }],
  storageState: async ({ who }, provide) => provide(who === null ? undefined : stateOf(FOLDER, who)),
  page: async ({ page }, provide) => {
    const complaints = complaintsOf(page);
    await provide(page);
    expect(complaints).toEqual([]);
  },
  /** Asks the API for what no page shows. */
  anna: [
    async ({ playwright }, provide) => {
      const anna = await Person.kept(playwright.request, URL, stateOf(FOLDER, 'anna'));
      await provide(anna);
      await anna.leave();
    },
    { scope: 'worker' },
  ],
});

export function portOf(engine: string): number {
  const port = PORTS[engine];
  if (port === undefined) throw new Error(`no engine ${engine}`);
  return port;
}

/** The figures of a description list, by their names. */
export async function figuresOf(page: Page, panel: string): Promise<Record<string, number>> {
  return page.evaluate((title) => {
    const heading = [...document.querySelectorAll('h2')].find((each) => each.textContent === title);
    const names = [...(heading?.closest('section')?.querySelectorAll('dt') ?? [])];
    return Object.fromEntries(
      names.map((name) => [name.textContent, Number((name.parentElement?.querySelector('dd')?.textContent ?? '').replaceAll(',', ''))]),
    );
  }, panel);
}
