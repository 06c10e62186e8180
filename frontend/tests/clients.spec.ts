/** Who may send, and who sends without. */
import { send } from './support/send';
import { expect, portOf, test } from './support/test';
import { STRANGER } from './support/world';

/** While nothing more is refused, a page asks once a minute who is unknown. */
const ASKED_MS = 120_000;
/** Nobody's client, either. */
const CAMERA = '127.0.9.9';
const LINE = '<14>Jan  1 00:00:00 rtr-new-07 firewall,info: in:<pppoe-abc12> 10.1.1.1:1111->192.0.2.9:443, len 60';

test('an unknown sender is seen, allowed by one click, and stored from then on', async ({ page, anna }) => {
  await send(portOf('edge'), STRANGER, [LINE, LINE]);
  await page.goto('/clients');
  await page.getByRole('tab', { name: /Unknown senders/ }).click();
  const card = page.getByRole('list', { name: 'Unknown senders' }).getByRole('listitem').filter({ hasText: STRANGER });
  await expect(card).toContainText('2 messages refused', { timeout: ASKED_MS });
  await expect(card).toContainText('Looks like mikrotik');
  await expect(card).toContainText('pppoe-abc12');
  await card.getByRole('button', { name: `Allow ${STRANGER} as rtr-new-07` }).click();
  await expect(page.getByText('rtr-new-07 may send to edge.')).toBeVisible();
  await expect(card).toHaveCount(0);

  await send(portOf('edge'), STRANGER, [LINE.replace('len 60', 'len 61')]);
  await anna.hasStored(`sender:${STRANGER} "len 61"`, 1);
  await page.getByRole('tab', { name: 'Allowed' }).click();
  await page.getByRole('button', { name: 'Search the rows of rtr-new-07' }).or(page.getByRole('link', { name: 'Search the rows of rtr-new-07' })).click();
  const rows = page.getByRole('grid', { name: 'Rows found' });
  await expect(rows).toContainText('len 61');
  await expect(rows.getByRole('row')).toHaveCount(2);
});

test('three different lines of an unknown sender are shown as text; it is ignored, and shown again', async ({ page }) => {
  const hostile = '<14>Jan  1 00:00:00 cam-4 app[1]: <img src=x onerror=alert(1)> \u001b[31mred';
  const long = `<14>Jan  1 00:00:00 cam-4 app[1]: ${'long '.repeat(2_000)}`;
  await send(portOf('servers'), CAMERA, ['<14>-- MARK --', '<14>-- MARK --', hostile, '<14>-- MARK --', long, '<14>a fourth one']);
  await page.goto('/clients?engine=servers&view=unknown');
  const inbox = page.getByRole('list', { name: 'Unknown senders' });
  const card = inbox.getByRole('listitem').filter({ hasText: CAMERA });
  await expect(card).toContainText('6 messages refused', { timeout: ASKED_MS });
  const lines = card.getByRole('list', { name: `Lines of ${CAMERA} that were refused` }).getByRole('listitem');
  await expect(lines).toHaveText(['<14>-- MARK --', /<img src=x onerror=alert\(1\)> \\u\{1b\}\[31mred/, /long long/]);
  for (const line of await lines.all()) expect((await line.boundingBox())?.height).toBeLessThan(125);
  await expect(card.getByRole('button', { name: `Allow ${CAMERA} as cam-4` })).toBeVisible();

  await card.getByRole('button', { name: `Ignore ${CAMERA}` }).click();
  await expect(page.getByText(`${CAMERA} is not shown here any more.`)).toBeVisible();
  await expect(card).toHaveCount(0);
  await page.reload();
  await page.getByRole('button', { name: 'Ignored senders' }).click();
  await page.getByRole('button', { name: `Show ${CAMERA} again` }).click();
  await expect(card).toContainText('6 messages refused', { timeout: ASKED_MS });
  await expect(page.getByText('Nobody is ignored.')).toBeVisible();
});

test('a range is explained while it is typed, added, edited and removed', async ({ page }) => {
  await page.goto('/clients?engine=servers');
  await page.getByRole('button', { name: 'Add a client' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Range of addresses').fill('10.20.0.0/33');
  await expect(form.getByRole('button', { name: /^Add/ })).toBeDisabled();
  await form.getByLabel('Range of addresses').fill('10.20.0.0/16');
  await expect(form).toContainText('65,536');
  await form.getByLabel('Name').fill('branch-7');
  await form.getByRole('button', { name: /^Add/ }).click();
  await expect(page.getByText('branch-7 (10.20.0.0/16) may send to servers from now on.')).toBeVisible();
  await page.getByRole('button', { name: 'Remove branch-7' }).click();
  await page.getByRole('dialog').getByRole('button', { name: /^Remove/ }).click();
  await expect(page.getByText('branch-7 is no client of servers any more. Its stored rows stay.')).toBeVisible();
});

test('ready lines for a device are on the page', async ({ page }) => {
  await page.goto('/clients');
  await page.getByRole('button', { name: 'Configure a device to send here' }).click();
  await page.getByLabel('This server, as the device sees it').fill('192.0.2.1');
  await expect(page.getByText(/remote=192\.0\.2\.1/)).toBeVisible();
});
