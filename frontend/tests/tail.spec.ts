/** Rows as they arrive. */
import type { WebSocketRoute } from '@playwright/test';

import { send } from './support/send';
import { expect, portOf, test, type Page } from './support/test';
import { ROUTERS, SERVERS } from './support/world';

const ROWS = 'Rows as they arrive, the newest last';

function numbered(word: string, from: number, until: number): string[] {
  return Array.from({ length: until - from }, (_, place) => `<14>Jan  1 00:00:00 r ${word} number-${from + place}-`);
}

async function opened(page: Page, q: string) {
  const doing = page.getByRole('group', { name: 'What the live tail does' });
  await expect(async () => {
    await page.goto(`/tail?q=${q}`);
    await expect(doing).toContainText('live');
    // A server that did not get there in time says that rows may be missing: then it is asked again.
    await expect(doing).toContainText(/(?<!\d)0 not looked at/, { timeout: 1_000 });
  }).toPass();
  return page.getByRole('grid', { name: ROWS });
}

test('rows arrive, stand still for who reads, and go on', async ({ page }) => {
  const word = `tail${Date.now()}`;
  const rows = await opened(page, word);
  await expect(page.getByText('No line that matches has arrived yet.')).toBeVisible();
  await send(portOf('servers'), SERVERS['web-1'], ['<14>Jan  1 00:00:00 web-1 app[1]: another thing']);
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], numbered(word, 0, 80));
  await expect(rows).toContainText('number-79-');
  await expect(rows).not.toContainText('another thing');

  await rows.hover();
  await page.mouse.wheel(0, -600);
  await expect(page.getByRole('group', { name: 'What the live tail does' })).toContainText('paused');
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], numbered(word, 80, 92));
  const news = page.getByRole('button', { name: '12 new' });
  await expect(news).toBeVisible();
  await expect(rows).not.toContainText('number-91-');
  await news.click();
  await expect(rows).toContainText('number-91-');
  await expect(page.getByRole('group', { name: 'What the live tail does' })).toContainText('92 here');
});

test('more than is wanted is skipped, and that is said', async ({ page }) => {
  const word = `many${Date.now()}`;
  const rows = await opened(page, `${word}&most=10`);
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], numbered(word, 0, 300));
  await expect(rows.getByRole('row').nth(1)).toBeVisible();
  await expect(page.getByRole('group', { name: 'What the live tail does' })).toContainText(/[1-9]\d* skipped/);
});

test('a row opens beside, and its value filters', async ({ page }) => {
  const word = `open${Date.now()}`;
  const rows = await opened(page, word);
  await send(portOf('edge'), ROUTERS['rtr-dhaka-02'], numbered(word, 0, 3));
  await expect(rows).toContainText('number-2-');
  await rows.getByRole('row').nth(2).getByRole('gridcell').first().click();
  await expect(page.getByRole('region', { name: 'Original line' })).toContainText('number-1-');
  await page.getByRole('button', { name: 'Filter for client' }).click();
  await expect(page.getByRole('textbox', { name: 'Only lines that match' })).toHaveValue(`${word} client:rtr-dhaka-02`);
});

test('a lost connection is said, comes back, and tells what came meanwhile', async ({ page, anna }) => {
  const sockets: WebSocketRoute[] = [];
  let isOpen = true;
  await page.routeWebSocket(/\/api\/v1\/.*/, (socket) => {
    if (!isOpen) {
      void socket.close({ code: 1013 });
      return;
    }
    sockets.push(socket);
    socket.connectToServer();
  });
  const word = `gap${Date.now()}`;
  const rows = await opened(page, word);
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], numbered(word, 0, 5));
  await expect(rows).toContainText('number-4-');
  isOpen = false;
  for (const socket of sockets) await socket.close({ code: 1012 });
  await expect(page.getByText('The live connection is lost.')).toBeVisible();
  await expect(page.getByRole('group', { name: 'Status' })).toContainText(/Not live/);
  await expect(rows).toContainText('number-4-');
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], numbered(word, 5, 8));
  // What is stored only later would be no gap.
  await anna.hasStored(word, 8);
  isOpen = true;
  await expect(page.getByText(/^3 rows that match were stored while/)).toBeVisible({ timeout: 120_000 });
  await send(portOf('edge'), ROUTERS['rtr-dhaka-01'], numbered(word, 8, 9));
  await expect(rows).toContainText('number-8-');
  await page.getByRole('link', { name: 'Search for them' }).click();
  await expect(page.getByRole('grid', { name: 'Rows found' })).toContainText('number-7-');
});
