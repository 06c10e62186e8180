/** Everything that matches, as a file that is what the page says it is. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { BreakingWay } from './support/cut';
import { expect, test, type Locator, type Page } from './support/test';

test('an export is made, taken home and the same byte for byte', async ({ page }) => {
  await page.goto('/search?q=authenticated&columns=time,client,severity,original_log');
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  await expect(dialog.getByText(/\d rows?, about/)).toBeVisible();
  const name = `authenticated-${Date.now()}`;
  await dialog.getByRole('radio', { name: /^JSON lines/ }).click();
  await dialog.getByLabel('File name, if you want another').fill(name);
  await dialog.getByRole('button', { name: 'Start export' }).click();
  const made = dialog.getByRole('listitem', { name: new RegExp(`^${name}`) });
  await expect(made.getByRole('link', { name: /^Download/ })).toBeVisible();

  const [download] = await Promise.all([page.waitForEvent('download'), made.getByRole('link', { name: /^Download/ }).click()]);
  const file = readFileSync(await download.path());
  await made.getByRole('button', { name: /^Details/ }).click();
  await expect(made.locator('code')).toHaveText(createHash('sha256').update(file).digest('hex'));
  const lines = file.toString('utf8').trim().split('\n');
  await expect(made).toContainText(new RegExp(`Rows\\s*${lines.length}`));
  expect(lines.every((line) => line.includes('authenticated') && Object.keys(JSON.parse(line) as object).includes('client'))).toBe(true);

  await made.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog', { name: 'Delete this export?' }).getByRole('button', { name: 'Delete the export' }).click();
  await expect(made).toHaveCount(0);
});

/** Files are picked without a dialog, and lie where the page keeps files of its own. */
async function pickByItself(page: Page): Promise<void> {
  await page.addInitScript(() => {
    Object.assign(window, {
      showSaveFilePicker: async ({ suggestedName }: { suggestedName: string }) =>
        (await navigator.storage.getDirectory()).getFileHandle(suggestedName, { create: true }),
    });
  });
}

async function lookAtFile(page: Page, name: string): Promise<{ bytes: number; sha256: string }> {
  return page.evaluate(async (called) => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle(called);
    const content = await (await handle.getFile()).arrayBuffer();
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', content));
    return { bytes: content.byteLength, sha256: [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('') };
  }, name);
}

/** Whether words have been there since, also when others have taken their place. */
async function listenTo(dialog: Locator): Promise<(words: string) => Promise<boolean>> {
  await dialog.evaluate((element) => {
    const said: string[] = [];
    Object.assign(window, { said });
    new MutationObserver(() => said.push(element.textContent)).observe(element, { childList: true, characterData: true, subtree: true });
  });
  return (words) =>
    dialog.page().evaluate((some) => (window as unknown as { said: string[] }).said.some((text) => text.includes(some)), words);
}

test('a file that is being saved goes on where its connection broke', async ({ page, baseURL }) => {
  const way = await BreakingWay.to(baseURL ?? '');
  const after: number[] = [];
  page.on('request', (request) => {
    const from = new URL(request.url()).searchParams.get('after');
    if (request.url().includes('/data?') && from !== null) after.push(Number(from));
  });
  await pickByItself(page);
  await page.goto(`${way.url}/search?since=-24h&columns=time,client,severity,original_log`);
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const dialog = page.getByRole('dialog', { name: 'Export' });
  const name = `saved-${Date.now()}`;
  await dialog.getByLabel('File name, if you want another').fill(name);
  await dialog.getByRole('button', { name: 'Start export' }).click();
  const made = dialog.getByRole('listitem', { name: new RegExp(`^${name}`) });
  await expect(made.getByRole('link', { name: /^Download/ })).toBeVisible();

  way.cut = { request: /^GET \/api\/v1\/exports\/[^/]+\/data/, bytes: 150_000 };
  await made.getByRole('button', { name: /^Save .* as$/ }).click();
  await expect(made.getByText(/^Saving: [1-9]/)).toBeVisible();
  const hasSaid = await listenTo(dialog);
  way.breakOff();
  await expect(made.getByText(/^The connection was lost at .* What is there is kept: go on with Resume\.$/)).toBeVisible({ timeout: 120_000 });
  expect(await hasSaid('It is tried again; what is there is kept.')).toBe(true);
  const there = after.at(-1) ?? 0;
  expect(there).toBeGreaterThan(0);
  expect(there).toBeLessThan(150_000);

  way.mend();
  const before = after.length;
  await made.getByRole('button', { name: 'Resume' }).click();
  await expect(made.getByText(/^Saved: .*, all of it\.$/)).toBeVisible();
  expect(after.slice(before)).toEqual([there]);
  await made.getByRole('button', { name: /^Details/ }).click();
  const saved = await lookAtFile(page, (await made.getAttribute('aria-label')) ?? '');
  expect(saved.bytes).toBeGreaterThan(there);
  await expect(made.locator('code')).toHaveText(saved.sha256);

  await made.getByRole('button', { name: /^Delete/ }).click();
  await page.getByRole('dialog', { name: 'Delete this export?' }).getByRole('button', { name: 'Delete the export' }).click();
  await expect(made).toHaveCount(0);
  await way.close();
});
