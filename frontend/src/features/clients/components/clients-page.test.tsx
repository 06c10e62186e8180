import { screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { expect, test } from 'vitest';

import { LiveContext, type Live } from '@/hooks/use-live';
import { SessionContext } from '@/hooks/use-session';
import { EngineFeed } from '@/lib/engine-feed';
import { LiveSocket } from '@/lib/live-socket';
import { renderRoutes } from '@/testing/render';
import { anna, answers, refuses, server } from '@/testing/server';
import type { Client, Me, UnknownSender } from '@/types/shapes';

import { ClientsPage } from './clients-page';

const CLIENTS: Client[] = [
  { name: 'private', address: '10.0.0.0/8', received: 5, bytes: 500, last_seen: 1, per_second: 0 },
  { name: '10.20.0.0/16', address: '10.20.0.0/16', received: 0, bytes: 0, last_seen: 0, per_second: null },
];

const UNKNOWN: UnknownSender = {
  address: '192.0.2.7',
  refused: 12,
  first_seen: 1,
  last_seen: 2,
  samples: ['<134>-- MARK --', '<134>Nov 21 13:07:02 rtr-7 firewall: <img src=x onerror=alert(1)> \u001b[31mred'],
  hit_rates: { mikrotik: 0.8, nginx: 0.1 },
  guessed_class: 'mikrotik',
};

function engine(name: string, port: number, logClass: string, clients: Client[] = CLIENTS) {
  return { engine: name, class: logClass, port, state: 'running', whole: true, settings: { addresses: [], clients } };
}

function someone(role: Me['role'], scope: Me['user']['scope'] = { engines: [], clients: [] }): Me {
  return { ...anna, role, user: { ...anna.user, role, scope } };
}

/** The page as somebody sees it, without a live connection: all is asked for. */
function show(me: Me = someone('operator'), at = '/clients'): ReturnType<typeof renderRoutes> {
  answers('get', '/system/about', { version: '1', time_zone: 'UTC', now: Date.now() * 1_000 });
  const live: Live = { socket: new LiveSocket('ws://nowhere'), engines: new EngineFeed() };
  const page = (
    <SessionContext value={me}>
      <LiveContext value={live}>
        <ClientsPage />
      </LiveContext>
    </SessionContext>
  );
  return renderRoutes(
    [
      { path: '/clients', element: page },
      { path: '*', element: <p>elsewhere</p> },
    ],
    at,
  );
}

function oneEngine(unknown: UnknownSender[] = []): void {
  answers('get', '/engines', [engine('main', 5140, 'mikrotik')]);
  answers('get', '/engines/main/clients', CLIENTS);
  answers('get', '/engines/main/unknown-senders', unknown);
}

/** What was sent, with its query. */
function remembers(method: 'post' | 'put' | 'delete', path: string, answer: unknown = []): { url: URL; body: unknown }[] {
  const seen: { url: URL; body: unknown }[] = [];
  server.use(
    http[method](`*/api/v1${path}`, async ({ request }) => {
      const text = await request.text();
      seen.push({ url: new URL(request.url), body: text === '' ? null : (JSON.parse(text) as unknown) });
      return HttpResponse.json(answer as Record<string, unknown>);
    }),
  );
  return seen;
}

test('clients are shown with their figures; who is silent is so by a word', async () => {
  oneEngine();
  show();

  const table = await screen.findByRole('table', { name: 'Clients' });
  const row = await within(table).findByRole('row', { name: /private/ });
  expect(await within(row).findByText(/silent for/)).toBeVisible();
  expect(within(row).getByText('500 B')).toBeVisible();
  expect(within(table).getByText('nothing yet')).toBeVisible();
});

test('a client is added; its range is explained while it is typed', async () => {
  oneEngine();
  const seen = remembers('post', '/engines/main/clients');
  show();
  await userEvent.click(await screen.findByRole('button', { name: 'Add a client' }));
  const dialog = await screen.findByRole('dialog', { name: 'Add a client' });
  const range = within(dialog).getByLabelText('Range of addresses');
  expect(range).toHaveFocus();

  await userEvent.type(range, '10.1');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Use 10.1.*' }));
  expect(dialog).toHaveTextContent('65,536 addresses: 10.1.0.0 to 10.1.255.255');
  expect(dialog).toHaveTextContent('Lies within private (10.0.0.0/8).');
  await userEvent.type(within(dialog).getByLabelText('Name'), 'branch');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Add' }));

  expect(await screen.findByText('branch (10.1.0.0/16) may send to main from now on.')).toBeVisible();
  expect(seen[0]?.body).toEqual({ address: '10.1.*', name: 'branch' });
});

test('a refusal stands at its field, and what was typed stays', async () => {
  oneEngine();
  refuses('post', '/engines/main/clients', 422, { code: 'config', message: 'the name is taken', field: 'engine.clients[2].name' });
  show();
  await userEvent.click(await screen.findByRole('button', { name: 'Add a client' }));
  const dialog = await screen.findByRole('dialog');
  await userEvent.type(within(dialog).getByLabelText('Range of addresses'), '192.0.2.1');
  await userEvent.type(within(dialog).getByLabelText('Name'), 'core');

  await userEvent.click(within(dialog).getByRole('button', { name: 'Add' }));

  expect(await within(dialog).findByText('The name is taken.')).toBeVisible();
  expect(within(dialog).getByLabelText('Name')).toHaveAttribute('aria-invalid', 'true');
  expect(within(dialog).getByLabelText('Range of addresses')).toHaveValue('192.0.2.1');
});

test('a name with a slash is a parameter; what happens then is said before', async () => {
  oneEngine();
  const seen = remembers('delete', '/engines/main/clients');
  show();
  await userEvent.click(await screen.findByRole('button', { name: 'Remove 10.20.0.0/16' }));
  const dialog = await screen.findByRole('dialog');
  expect(dialog).toHaveTextContent('What 10.20.0.0/16 sends to main then belongs to private (10.0.0.0/8), in which it lies.');

  await userEvent.click(within(dialog).getByRole('button', { name: 'Remove' }));

  expect(await screen.findByText(/is no client of main any more/)).toBeVisible();
  expect(seen[0]?.url.searchParams.get('client')).toBe('10.20.0.0/16');
});

test('a viewer sees the clients, and nothing to change them by, nor who is unknown', async () => {
  oneEngine();
  show(someone('viewer'));

  await screen.findByRole('table', { name: 'Clients' });
  expect(screen.queryByRole('button', { name: /Add|Edit|Remove/ })).toBeNull();
  expect(screen.queryByRole('link', { name: /Search/ })).toBeNull();
  expect(screen.queryByRole('tab')).toBeNull();
});

test('an operator with a scope has no unknown senders', async () => {
  oneEngine();
  show(someone('operator', { engines: ['main'], clients: [] }), '/clients?view=unknown');

  expect(await screen.findByRole('button', { name: 'Add a client' })).toBeVisible();
  expect(screen.queryByRole('tab')).toBeNull();
});

test('an unknown sender is let in by one click, under the name that a line gives; its lines are text', async () => {
  oneEngine([UNKNOWN]);
  const seen = remembers('post', '/engines/main/unknown-senders/allow');
  show(someone('operator'), '/clients?view=unknown');
  expect(await screen.findByText(/Looks like mikrotik: 80 % of its fields found/)).toBeVisible();
  expect(screen.getByText(/<img src=x onerror=alert\(1\)> \\u\{1b\}\[31mred/)).toBeVisible();
  expect(document.querySelector('img')).toBeNull();
  expect(screen.getByText('<134>-- MARK --')).toBeVisible();
  expect(screen.getByText(/first heard/)).toBeVisible();
  for (const name of ['Copy line 1 of 192.0.2.7', 'Copy line 2 of 192.0.2.7']) expect(screen.getByRole('button', { name })).toBeVisible();
  expect(screen.getByRole('tab', { name: /Unknown senders 1 waiting/ })).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'Allow 192.0.2.7 as rtr-7' }));

  expect(await screen.findByText(/rtr-7 may send to main/)).toBeVisible();
  expect(seen[0]?.body).toEqual({ address: '192.0.2.7', name: 'rtr-7' });
});

test('it can be let in at the engine whose class fits, with what the device has to be told', async () => {
  answers('get', '/engines', [engine('main', 5140, 'mikrotik', []), engine('web', 5141, 'nginx', [])]);
  for (const name of ['main', 'web']) answers('get', `/engines/${name}/clients`, []);
  answers('get', '/engines/main/unknown-senders', [{ ...UNKNOWN, hit_rates: { mikrotik: 0.1, nginx: 1 }, guessed_class: 'nginx' }]);
  answers('get', '/engines/web/unknown-senders', []);
  const seen = remembers('post', '/engines/web/clients');
  show(someone('operator'), '/clients?view=unknown');
  expect(await screen.findByText(/web on port 5141 has nginx/)).toBeVisible();

  await userEvent.click(screen.getByRole('button', { name: 'Allow 192.0.2.7 otherwise' }));
  const dialog = await screen.findByRole('dialog', { name: 'Allow 192.0.2.7' });
  await userEvent.click(within(dialog).getByRole('combobox', { name: 'Engine' }));
  await userEvent.click(await screen.findByRole('option', { name: /web: class nginx \(100 % of its fields found\)/ }));
  expect(dialog).toHaveTextContent('Make it send to port 5141 instead');
  await userEvent.click(within(dialog).getByRole('button', { name: 'Allow' }));

  expect(await screen.findByText('rtr-7 (192.0.2.7) may send to web from now on.')).toBeVisible();
  expect(seen[0]?.body).toEqual({ address: '192.0.2.7', name: 'rtr-7' });
});

test('an ignored sender is shown again', async () => {
  oneEngine([UNKNOWN]);
  const seen = remembers('post', '/engines/main/unknown-senders/ignore', { ignored: ['192.0.2.7'] });
  answers('get', '/engines/main/ignored-senders', { ignored: ['192.0.2.7'] });
  show(someone('operator'), '/clients?view=unknown');

  await userEvent.click(await screen.findByRole('button', { name: 'Ignore 192.0.2.7' }));
  await screen.findByText(/192.0.2.7 is not shown here any more/);
  await userEvent.click(screen.getByRole('button', { name: 'Ignored senders' }));
  await userEvent.click(await screen.findByRole('button', { name: 'Show 192.0.2.7 again' }));

  expect(await screen.findByText('192.0.2.7 is shown again as soon as it sends.')).toBeVisible();
  expect(seen.map((each) => each.body)).toEqual([
    { address: '192.0.2.7', ignore: true },
    { address: '192.0.2.7', ignore: false },
  ]);
});

test('who is ignored is asked for when somebody looks; that it cannot be told is not told as nobody', async () => {
  oneEngine();
  refuses('get', '/engines/main/ignored-senders', 503, { message: 'the factory does not answer' });
  show(someone('operator'), '/clients?view=unknown');

  await userEvent.click(await screen.findByRole('button', { name: 'Ignored senders' }));
  expect(await screen.findByRole('alert')).toHaveTextContent('The factory does not answer.');
  expect(screen.queryByText('Nobody is ignored.')).toBeNull();
});

test('who sent nothing but line ends has no line', async () => {
  oneEngine([{ ...UNKNOWN, samples: [], hit_rates: {}, guessed_class: null }]);
  show(someone('operator'), '/clients?view=unknown');

  expect(await screen.findByText('What it sends is empty.')).toBeVisible();
  expect(screen.queryByRole('button', { name: /^Copy line/ })).toBeNull();
});

test('where nobody waits stands how a device is made to send', async () => {
  oneEngine();
  show(someone('operator'), '/clients?view=unknown');

  expect(await screen.findByText('Nobody sends without being a client.')).toBeVisible();
  expect(screen.getByText(/main takes syslog over UDP on port 5140/)).toBeVisible();
  expect(screen.getByRole('button', { name: /Copy the lines for MikroTik/ })).toBeVisible();
});

test('an API that is away is said, and the page stands', async () => {
  refuses('get', '/engines', 503, { message: 'the factory does not answer' });
  show();

  expect(await screen.findByRole('alert')).toHaveTextContent('The factory does not answer.');
});

test('filter and engine are in the address', async () => {
  oneEngine();
  const { router } = show(someone('operator'), '/clients?engine=main&filter=10.20');

  expect(await screen.findByRole('button', { name: 'Edit 10.20.0.0/16' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Edit private' })).toBeNull();
  await userEvent.click(screen.getByRole('button', { name: 'Clear the filter' }));

  expect(await screen.findByRole('button', { name: 'Edit private' })).toBeVisible();
  expect(router.state.location.search).toBe('?engine=main');
});
