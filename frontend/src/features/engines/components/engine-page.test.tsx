import { fireEvent, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test } from 'vitest';

import { renderRoutes } from '@/testing/render';
import { answers, refuses, server } from '@/testing/server';
import type { EngineSeen, Me } from '@/types/shapes';

import { Played, status, viewer } from '../testing/played';
import { EnginePage } from './engine-page';

const LEDGER = {
  offered: 20,
  kernel_dropped: 0,
  received: 20,
  stored: 17,
  refused: 3,
  empty: 0,
  dropped: {},
  in_flight: 0,
  unexplained: 0,
  truncated: 0,
};
const RUNNING = {
  ledger: LEDGER,
  ring: { slots: 16, depth: 2 },
  buffer: { sockets: 1, asked_bytes: 67_108_864, granted_bytes: 425_984, advice: 'sysctl -w net.core.rmem_max=67108864' },
  processes: [{ role: 'receiver', pid: 71, cpu_seconds: 1, rss_bytes: 70_000_000, restarts: 2, last_exit: 'was killed', beat_age_seconds: 9 }],
  fields: [
    {
      field: 'slow',
      road: 're',
      why: null,
      hits: 0,
      hit_rate: 0,
      nanoseconds_a_line: 10,
      parked: { pattern: '(a+)+b', since: 1_800_000_000, why: 'it took too long', line: 'aaa\u001b[31m<b>' },
    },
  ],
};

function show(engine: EngineSeen, me?: Me) {
  answers('get', '/engines/edge_1', engine);
  const page = <Played {...(me === undefined ? {} : { me })}><EnginePage /></Played>;
  return renderRoutes([{ path: '/engines/:name', element: page }], '/engines/edge_1');
}

/** All at once: a form of this size takes its time for every key. */
function fill(field: HTMLElement, text: string): void {
  fireEvent.change(field, { target: { value: text } });
}

beforeEach(() => {
  answers('get', '/ledger/history', { step: '1m', starts: [], series: [], searched: {} });
  answers('get', '/system/about', { name: 'Syslogger', version: '1', time_zone: 'UTC', now: Date.now() * 1_000 });
  answers('get', '/engines/edge_1/events', {
    events: [{ id: 9, engine: 'edge_1', event: 'crash_loop', at: 1_800_000_000_000_000, message: 'it gave up' }],
    before: null,
  });
});

test('shows how the engine is: ledger, processes, buffers, events', async () => {
  show(status(RUNNING));

  expect(await screen.findByText('Nothing was lost: every message that arrived is accounted for.')).toBeVisible();
  expect(screen.getByText('3 came from senders that are not allowed.')).toBeVisible();
  const processes = screen.getByRole('table', { name: 'Processes' });
  expect(within(processes).getByText(/late, 9.0 s ago/)).toBeVisible();
  expect(within(processes).getByText('the one before was killed')).toBeVisible();
  expect(screen.getByText('2 of 16 batches wait to be stored')).toBeVisible();
  expect(screen.getByText(/sudo sysctl -w net.core.rmem_max=67108864/)).toBeVisible();
  expect(await screen.findByText('crash loop')).toBeVisible();
});

test('a parked pattern is shown with its line as text, and released', async () => {
  const asked: string[] = [];
  server.use(
    http.post('*/api/v1/engines/edge_1/fields/:field/release', ({ params }) => {
      asked.push(String(params['field']));
      return HttpResponse.json({ field: 'slow' });
    }),
  );
  show(status(RUNNING));

  expect(await screen.findByText('aaa\\u{1b}[31m<b>')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'Release slow' }));
  await waitFor(() => expect(asked).toEqual(['slow']));
});

test('who may only see has no buttons, and no test line', async () => {
  show(status(RUNNING), viewer);

  await screen.findByRole('table', { name: 'Processes' });
  expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
  expect(screen.queryByRole('button', { name: 'Release slow' })).toBeNull();
  expect(screen.queryByText('Test line')).toBeNull();
});

test('a test line is shown as the row that it became, with a link to it', async () => {
  answers('post', '/engines/edge_1/test-line', {
    row: { id: 'mikrotik.edge_1.2026-11-21.4', received_at: 1_800_000_000_000_000, pppoe: 'abc', original_log: '<14>x' },
  });
  show(status(RUNNING));

  await userEvent.click(await screen.findByRole('button', { name: 'Send it' }));

  expect(await screen.findByText('abc')).toBeVisible();
  const link = screen.getByRole('link', { name: 'Show it in the search' });
  expect(link.getAttribute('href')).toContain('row=mikrotik.edge_1.2026-11-21.4');
});

test('an edit says before saving what needs a restart, and sends only what has changed', async () => {
  const bodies: unknown[] = [];
  answers('post', '/engines/edge_1/effects', { live: ['title'], restart: ['port'] });
  server.use(
    http.patch('*/api/v1/engines/edge_1', async ({ request }) => {
      bodies.push(await request.json());
      return HttpResponse.json({ live: ['title', 'port'], restart: [] });
    }),
  );
  show(status(RUNNING));

  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }));
  const dialog = await screen.findByRole('dialog', { name: 'Edit edge_1' });
  const save = within(dialog).getByRole('button', { name: 'Save' });
  expect(save).toBeDisabled();
  fill(within(dialog).getByLabelText('Title'), 'Edge routers 2');
  fill(within(dialog).getByLabelText('Port (UDP)'), '5150');

  expect(await within(dialog).findByText('Title: at once, while it runs. Port: only after a restart.')).toBeVisible();
  expect(bodies).toEqual([]);
  await userEvent.click(within(dialog).getByRole('checkbox', { name: /Restart it now/ }));
  await userEvent.click(within(dialog).getByRole('button', { name: 'Save and restart' }));

  expect(await screen.findByText('edge_1 is saved, and in force: title and port.')).toBeVisible();
  expect(bodies).toEqual([{ changes: { port: 5150, title: 'Edge routers 2' }, restart: true }]);
});

test('what the changes would break is said at its field before saving', async () => {
  refuses('post', '/engines/edge_1/effects', 422, {
    problems: [{ path: 'ENGINES.edge_1.port', wrong: 'port 5141 is used by ENGINES.core.port already', right: 'a port of its own' }],
  });
  show(status(RUNNING));

  await userEvent.click(await screen.findByRole('button', { name: 'Edit' }));
  const dialog = await screen.findByRole('dialog', { name: 'Edit edge_1' });
  fill(within(dialog).getByLabelText('Port (UDP)'), '5141');

  expect(await within(dialog).findByText('Port 5141 is used by ENGINES.core.port already. A port of its own.')).toBeVisible();
  expect(within(dialog).getByLabelText('Port (UDP)')).toBeInvalid();
});

test('a failed engine says why, and can be started', async () => {
  show(status({ state: 'failed', why: 'port 5140 is taken', last_exit: 'bind' }));

  expect(await screen.findByText('Port 5140 is taken.')).toBeVisible();
  expect(screen.getByRole('button', { name: 'Start' })).toBeVisible();
  expect(screen.queryByRole('button', { name: 'Restart' })).toBeNull();
});

test('an engine that has received nothing shows the way for a device', async () => {
  show(status({ ...RUNNING, ledger: { ...LEDGER, offered: 0, received: 0, stored: 0, refused: 0 } }));

  expect(await screen.findByText('Point a device at port 5140')).toBeVisible();
});

test('of a glimpse there is the state and the clients', async () => {
  show({ engine: 'edge_1', state: 'running', clients: [{ name: 'office', address: '10.0.0.0/8' }], whole: false });

  expect(await screen.findByText('Your clients')).toBeVisible();
  expect(screen.queryByText('Ledger')).toBeNull();
});

test('an engine that is not there is said to be not there', async () => {
  refuses('get', '/engines/edge_1', 404, { message: "there is no engine 'edge_1'" });
  renderRoutes([{ path: '/engines/:name', element: <Played><EnginePage /></Played> }], '/engines/edge_1');

  expect(await screen.findByText('There is no engine edge_1 here.')).toBeVisible();
});
