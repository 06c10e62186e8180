import { act, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { LiveContext, type Live } from '@/hooks/use-live';
import { SessionContext } from '@/hooks/use-session';
import { EngineFeed } from '@/lib/engine-feed';
import { LiveSocket, type LiveState } from '@/lib/live-socket';
import { renderRoutes } from '@/testing/render';
import { anna, answers, refuses } from '@/testing/server';
import type { EngineSeen, Ledger, LedgerHistory, Me } from '@/types/shapes';

import { OverviewPage } from './overview-page';

const NOW_MS = Date.UTC(2026, 10, 21, 12);

const LEDGER: Ledger = {
  offered: 1_013,
  kernel_dropped: 0,
  received: 1_013,
  stored: 1_000,
  refused: 13,
  empty: 0,
  dropped: { abandoned: 0, paused: 0, no_space: 0 },
  in_flight: 0,
  unexplained: 0,
  truncated: 0,
};

const HISTORY: LedgerHistory = {
  step: '1m',
  starts: [(NOW_MS - 120_000) * 1_000, (NOW_MS - 60_000) * 1_000],
  series: [
    {
      engine: 'word/edge',
      counts: { offered: [50, 61], kernel_dropped: [0, 3], stored: [50, 58], refused: [0, 0], empty: [0, 0], unexplained: [0, 0] },
      dropped: {},
    },
  ],
  searched: { partitions: 1, searched: 1, unknown_fields: [] },
};

function engine(name: string, more: object = {}): EngineSeen {
  return {
    engine: name,
    title: '',
    class: 'word',
    port: 5140,
    state: 'running',
    why: '',
    wanted: 'running',
    since: NOW_MS / 1_000 - 3_600,
    needs_restart: [],
    settings: { addresses: [], clients: [] },
    whole: true,
    ...more,
  } as unknown as EngineSeen;
}

// Browser and server have one clock: what "just now" and "at 12:00:00" are counted from.
beforeEach(() => void vi.setSystemTime(NOW_MS));
afterEach(() => {
  LIVE.connection = 'live';
  vi.useRealTimers();
});

/** What everybody is answered; a test says what is otherwise before. */
function world(): void {
  answers('get', '/system/about', { version: '1', time_zone: 'UTC', now: NOW_MS * 1_000 });
  answers('get', '/engines', [engine('edge')]);
  answers('get', '/ledger', { engines: [], total: LEDGER });
  answers('get', '/ledger/history', HISTORY);
  answers('get', '/days', { days: [], rows: 1_000, bytes: 9, more: false });
  answers('get', '/days/forecast', { today: '2026-11-21', total_bytes: 1_000, free_bytes: 590, full_in_days: 63, full_on: '2027-01-23', engines: [] });
  answers('get', '/system/health', { worst: null, findings: [] });
  answers('get', '/system/host', { name: 'logs-1', usable_cores: 2, load: [1], memory: { total_bytes: 1, available_bytes: 1 }, disks: [] });
  answers('get', '/logs/histogram', {
    step: '1h',
    starts: [1],
    counts: [100],
    series: [[6, [91]], [3, [9]]],
    others: [0],
    searched: { partitions: 1, searched: 1, damaged: {}, unknown_fields: [] },
  });
}

function show(role: Me['role'] = 'admin', scope: Me['user']['scope'] = { engines: [], clients: [] }) {
  const live: Live = { socket: new LiveSocket('ws://nowhere'), engines: new EngineFeed() };
  vi.spyOn(live.socket, 'current').mockReturnValue(LIVE);
  const page = (
    <SessionContext value={{ ...anna, role, user: { ...anna.user, role, scope } }}>
      <LiveContext value={live}>
        <OverviewPage />
      </LiveContext>
    </SessionContext>
  );
  const shown = renderRoutes([{ path: '*', element: page }]);
  const hear = (engines: Record<string, EngineSeen>) =>
    act(() => live.engines.hear({ type: 'status', engines }, NOW_MS));
  return { ...shown, hear };
}

const LIVE: LiveState = { connection: 'live', since: 0 };
const region = (name: string) => within(screen.getByRole('region', { name }));

test('the ledger is told in words and as an equation, and is balanced', async () => {
  world();
  show();

  const ledger = region('Ledger');
  expect(await ledger.findByText('Nothing was lost: every message that arrived is accounted for.')).toBeVisible();
  expect(ledger.getByText('13 came from senders that are not allowed.')).toBeVisible();
  expect(ledger.getByText('1,013')).toBeVisible();
  expect(await ledger.findByText('The last 2 minutes: 1 without a loss, 1 with losses.')).toBeVisible();
});

test('the last hour is summed up from its minutes, whose figures can be seen', async () => {
  world();
  const { router } = show();
  await userEvent.click(screen.getByRole('button', { name: 'Last hour' }));

  const ledger = region('Ledger');
  expect(router.state.location.search).toBe('?ledger=hour');
  expect(await ledger.findByText('3 messages were lost, of 111 that arrived.')).toBeVisible();
  await userEvent.click(ledger.getByRole('button', { name: 'Show the figures' }));
  const table = ledger.getByRole('table', { name: 'The ledger by minute' });
  expect(within(table).getByRole('rowheader', { name: '2026-11-21 11:59' })).toBeVisible();
  expect(within(table).getByText('losses')).toBeVisible();
});

test('what is heard live stands there at once: engines that need a look first, who is silent, and rates', async () => {
  world();
  const { hear } = show();
  const rates = { received_per_second: 210, stored_per_second: 200, over: { '1': { refused: 1, dropped: 0 } } };
  hear({
    core: engine('core', {
      rates,
      ledger: LEDGER,
      senders: [
        { address: '10.0.0.1', received: 9, last_seen: NOW_MS * 1_000 - 200_000 },
        { address: '10.0.0.2', received: 9, last_seen: (NOW_MS - 14 * 60_000) * 1_000 },
      ],
    }),
    edge: engine('edge', { state: 'failed', why: 'the port is in use' }),
  });

  const lines = within(screen.getByRole('table', { name: 'Engines' })).getAllByRole('rowheader');
  expect(lines.map((line) => line.textContent)).toEqual([expect.stringContaining('edge'), expect.stringContaining('core')]);
  expect(screen.getByText('the port is in use')).toBeVisible();
  expect(screen.getByText('1 needs a look')).toBeVisible();
  const senders = within(screen.getByRole('table', { name: 'Senders' }));
  expect(senders.getAllByRole('rowheader').map((each) => each.textContent)).toEqual(['10.0.0.2', '10.0.0.1']);
  expect(senders.getByText('not for 14 min')).toBeVisible();
  expect(senders.getByText('just now')).toBeVisible();
  expect(screen.getByRole('group', { name: /^Received: messages a second/ })).toHaveTextContent('Received210/s');
  expect(await screen.findByText(/Full in 63 days/)).toBeVisible();
});

test('findings are there with what to do, and counted at the top', async () => {
  world();
  answers('get', '/system/health', {
    worst: 'error',
    findings: [{ code: 'engine_failed', severity: 'error', engine: 'edge', message: 'engine edge has failed', fix: 'start it' }],
  });
  show();

  expect(await screen.findByRole('link', { name: '1 error' })).toHaveAttribute('href', '#health');
  expect(region('Health').getByText('Start it.')).toBeVisible();
});

test('a viewer sees no severities and is told why', async () => {
  world();
  show('viewer');

  expect(await screen.findByText('Nothing needs attention.', { selector: 'span' })).toBeVisible();
  expect(region('Severity').getByText('How severe the messages are is shown to those who may search them.')).toBeVisible();
});

test('severities lead to their rows', async () => {
  world();
  show('analyst');

  const link = await region('Severity').findByRole('link', { name: 'err' });
  expect(link).toHaveAttribute('href', expect.stringContaining('severity%3Aerr'));
  expect(region('Severity').getByText('9.0 %')).toBeVisible();
});

test('with a scope nothing is asked of the machine', async () => {
  world();
  refuses('get', '/system/health', 403, { message: 'not yours' });
  answers('get', '/days/forecast', { today: '2026-11-21', engines: [] });
  show('analyst', { engines: ['edge'], clients: [] });

  expect(await region('Disk').findByText('0 B are stored.')).toBeVisible();
  expect(screen.queryByRole('region', { name: 'Health' })).toBeNull();
});

test('of clients alone there is no ledger', async () => {
  world();
  answers('get', '/engines', [{ engine: 'edge', state: 'running', clients: [], whole: false }]);
  show('analyst', { engines: [], clients: ['fw'] });

  expect(await screen.findByText('You see some clients of these engines.')).toBeVisible();
  expect(screen.queryByRole('region', { name: 'Ledger' })).toBeNull();
});

test('the first run says what to do, and becomes the first row by itself', async () => {
  world();
  const nothing = { ...LEDGER, offered: 3, received: 3, stored: 0, refused: 3 };
  answers('get', '/ledger', { engines: [], total: nothing });
  answers('get', '/days', { days: [], rows: 0, bytes: 0, more: false });
  answers('get', '/logs', {
    rows: [{ id: 'word.edge.2026-11-21.1', received_at: NOW_MS * 1_000, original_log: '<b>first</b> \u001b[31m', log_sender_ip: '10.0.0.1' }],
    after: null,
    searched: {},
  });
  const { hear } = show();

  expect(await screen.findByText('Waiting for the first row. It appears here by itself.')).toBeVisible();
  expect(await screen.findByText(/UDP port 5140 \(edge\)\./)).toBeVisible();
  expect(await screen.findByText(/logger -n 127\.0\.0\.1 -P 5140/)).toBeVisible();
  expect(await screen.findByRole('link', { name: 'Allow it on the Clients page' })).toBeVisible();

  hear({ edge: engine('edge', { ledger: { ...nothing, stored: 1 } }) });
  expect(await screen.findByText('The first row has arrived and is stored.')).toBeVisible();
  expect(await screen.findByText('<b>first</b> \\u{1b}[31m')).toBeVisible();
});

test('when the API does not answer, that is said and the rest of the page stays', async () => {
  world();
  refuses('get', '/engines', 503, { message: 'the factory does not answer', hint: 'is it running?' });
  show();

  expect(await screen.findByText('The factory does not answer.')).toBeVisible();
  expect(screen.getByText('Is it running?')).toBeVisible();
  expect(await region('Ledger').findByText('1,000')).toBeVisible();
});

test('what is not of now is called so', async () => {
  world();
  const { hear } = show();
  hear({ edge: engine('edge') });
  LIVE.connection = 'lost';
  hear({ edge: engine('edge') });

  expect(await screen.findByText('The live connection is lost; it is tried again and again.')).toBeVisible();
  expect(await screen.findByText(/Rates and senders are as they were at 12:00:00\./)).toBeVisible();
});
