/** Run engines. */
import { send } from './support/send';
import { freeDatagramPort } from './support/server';
import { expect, test } from './support/test';
import { until } from './support/until';

/** What an engine has taken is stored before it ends. */
const DRAIN_MS = 120_000;

test('an engine from its making to its end', async ({ page, anna }) => {
  const port = await freeDatagramPort();
  await page.goto('/engines');
  await page.getByRole('button', { name: 'New engine' }).click();
  const form = page.getByRole('dialog', { name: 'New engine' });
  await form.getByLabel('Name', { exact: true }).fill('x');
  await form.getByLabel('Class').click();
  await page.getByRole('option', { name: 'linux' }).click();
  await form.getByLabel('Port (UDP)').fill(String(port));
  await form.getByLabel('Allowed senders').fill('127.0.0.0/33 here');
  await form.getByRole('button', { name: 'Create the engine' }).click();
  await expect(form.getByLabel('Allowed senders')).toHaveAttribute('aria-invalid', 'true');
  await expect(form.getByText(/^Line 1:/)).toBeVisible();
  await form.getByLabel('Allowed senders').fill('127.0.0.1 here');
  await form.getByLabel('Name', { exact: true }).fill('laboratory');
  await form.getByRole('button', { name: 'Create the engine' }).click();

  await expect(page).toHaveURL(/\/engines\/laboratory$/);
  const state = page.getByRole('group', { name: 'Actions for laboratory' });
  await expect(state.getByRole('button', { name: 'Pause' })).toBeVisible();
  await expect(page.getByRole('heading', { name: `Point a device at port ${port}` })).toBeVisible();
  await send(port, '127.0.0.1', ['<14>Jan  1 00:00:00 here app[7]: hello']);
  await expect(page.getByRole('heading', { name: `Point a device at port ${port}` })).toHaveCount(0);

  await page.getByRole('textbox', { name: 'Line' }).fill('<14>Jan  1 00:00:00 here sshd[7]: Failed password for root from 192.0.2.7 port 1');
  // Rows of a sender are told apart by their order: the line before is not to come behind this one.
  await anna.hasStored('engine:laboratory hello', 1);
  const stored = page.getByText('It is stored, as this row:');
  await expect(async () => {
    // The server waits 5 s for a row. A disk that takes longer has somebody send another line.
    await page.getByRole('button', { name: 'Send it' }).click();
    await expect(stored.or(page.getByRole('alert')).first()).toBeVisible();
    await expect(stored).toBeVisible({ timeout: 1_000 });
  }).toPass();
  await expect(page.getByRole('definition').filter({ hasText: /^192\.0\.2\.7$/ })).toBeVisible();

  await state.getByRole('button', { name: 'Edit' }).click();
  const edit = page.getByRole('dialog', { name: 'Edit laboratory' });
  await edit.getByLabel('Title').fill('Laboratory');
  await expect(edit.getByText('Applies at once, while it runs.')).toBeVisible();
  await edit.getByLabel('Port (UDP)').fill(String(await freeDatagramPort()));
  await expect(edit.getByText('Needs a restart.', { exact: true })).toBeVisible();
  await edit.getByLabel('Port (UDP)').fill(String(port));
  await expect(edit.getByText('No restart needed')).toBeVisible();
  await edit.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText(/^laboratory is saved, and in force: title/)).toBeVisible();

  await state.getByRole('button', { name: 'Pause' }).click();
  await page.getByRole('dialog', { name: 'Pause laboratory?' }).getByRole('button', { name: 'Pause' }).click();
  await expect(page.getByText('It stores nothing while it is paused.')).toBeVisible();
  await state.getByRole('button', { name: 'Resume' }).click();
  await expect(state.getByRole('button', { name: 'Pause' })).toBeVisible();

  await state.getByRole('button', { name: 'Restart' }).click();
  await page.getByRole('dialog', { name: 'Restart laboratory?' }).getByRole('button', { name: 'Restart' }).click();
  await expect(page.getByRole('dialog')).toHaveCount(0, { timeout: DRAIN_MS });
  await expect(state.getByRole('button', { name: 'Pause' })).toBeVisible();

  await state.getByRole('button', { name: 'Delete' }).click();
  const end = page.getByRole('dialog', { name: 'Delete laboratory?' });
  await end.getByRole('radio', { name: /^Delete them/ }).click();
  await expect(end.getByRole('button', { name: 'Delete it and its days' })).toBeDisabled();
  await end.getByLabel('Type its name').fill('laboratory');
  await end.getByRole('button', { name: 'Delete it and its days' }).click();
  await expect(page).toHaveURL(/\/engines$/, { timeout: DRAIN_MS });
  await expect(page.getByRole('table', { name: 'Engines' }).getByRole('row', { name: /laboratory/ })).toHaveCount(0);
});

test('the page of an engine says what it does', async ({ page }) => {
  await page.goto('/engines');
  await page.getByRole('table', { name: 'Engines' }).getByRole('link', { name: 'edge' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /edge/ })).toBeVisible();
  for (const panel of ['Ledger', 'Processes', 'Fields', 'Test line']) {
    await expect(page.getByRole('heading', { name: panel, exact: true })).toBeVisible();
  }
  await expect(page.getByRole('table', { name: 'Fields' }).getByRole('row', { name: /router_identity/ })).toContainText('%');
});

test.describe('a pattern that takes too long', () => {
  /** Nothing of it is found in many ways. */
  const PATTERN = String.raw`(?<=door=)((?:a|aa)+)+(?=!)`;
  const EVIL = `<14>Jan  1 00:00:00 gate-2 app[1]: door=${'a'.repeat(60)}`;
  const ENGINE = 'gatehouse';
  let port: number;

  test.beforeAll(async ({ anna }) => {
    port = await freeDatagramPort();
    await anna.write('PUT', `/classes/${ENGINE}`, { fields: { host: String.raw`\d{2}:\d{2}:\d{2} ([\w-]+) `, door: PATTERN } });
    const engine = { name: ENGINE, class: ENGINE, port, workers: 1, clients: [{ name: 'loopback', address: '127.0.0.1' }] };
    await anna.write('POST', '/engines', { engine });
    await until('the engine runs', 120_000, async () => (await anna.look<{ state: string }>(`/engines/${ENGINE}`))?.state === 'running');
  });
  test.afterAll(async ({ anna }) => {
    await anna.write('DELETE', `/engines/${ENGINE}?confirm=${ENGINE}&data=delete`);
    await anna.write('DELETE', `/classes/${ENGINE}`);
  });

  test('is parked with the line it was at, and released', async ({ page, anna }) => {
    await page.goto(`/engines/${ENGINE}`);
    await expect(page.getByRole('table', { name: 'Fields' }).getByRole('row', { name: /^door/ })).toContainText('line by line');
    await expect(page.getByRole('heading', { name: 'Parked patterns' })).toHaveCount(0);
    await send(port, '127.0.0.1', [EVIL]);

    const parked = page.locator('section', { has: page.getByRole('heading', { name: 'Parked patterns' }) });
    await expect(parked.getByRole('listitem')).toContainText('door', { timeout: 120_000 });
    await expect(parked.getByRole('group', { name: 'Pattern' })).toHaveText(PATTERN);
    await expect(parked.getByRole('group', { name: 'Line it was at' })).toHaveText(EVIL);
    await expect(page.getByRole('table', { name: 'Fields' }).getByRole('row', { name: /^door/ })).toContainText('parked');
    const events = page.getByRole('group', { name: /^Events/ });
    await expect(events.getByRole('listitem').filter({ hasText: 'field parked' }).first()).toContainText('door');
    // No line is lost, also this one is not, and those behind it only lack the field.
    await send(port, '127.0.0.1', ['<14>Jan  1 00:00:00 gate-2 app[1]: door=aaa!']);
    await anna.hasStored(`engine:${ENGINE} host:"gate-2" -door:*`, 2);

    await parked.getByRole('button', { name: 'Release door' }).click();
    await expect(parked).toHaveCount(0);
    await expect(events.getByRole('listitem').filter({ hasText: 'field released' }).first()).toContainText('door');
    await send(port, '127.0.0.1', ['<14>Jan  1 00:00:00 gate-2 app[1]: door=aaaa!']);
    await anna.hasStored(`engine:${ENGINE} door:aaaa`, 1);
  });
});
