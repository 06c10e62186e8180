import { screen, waitFor } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';

import { SessionContext } from '@/hooks/use-session';
import { renderRoutes } from '@/testing/render';
import { anna, answers, refuses, server } from '@/testing/server';
import type { Me } from '@/types/shapes';

import { SearchPage } from './search-page';

const SEARCHED = { partitions: 30, searched: 14, cut: null, damaged: {}, unknown_fields: [], since: 1, until: 2 };
const ID = 'mikrotik.main.2026-11-20.1';

function row(number: number) {
  return {
    id: `mikrotik.main.2026-11-20.${number}`,
    received_at: 1_795_161_600_000_000 + number,
    time: '2026-11-20T14:00:00+06:00',
    class: 'mikrotik',
    engine: 'main',
    day: '2026-11-20',
    severity: 6,
    user: 'anna',
    original_log: `<134> login ${number} failed`,
  };
}

/** What `GET /logs` was asked, in order. */
let asked: URLSearchParams[] = [];

function answersRows(body: (params: URLSearchParams) => unknown): void {
  server.use(
    http.get('*/api/v1/logs', ({ request }) => {
      const params = new URL(request.url).searchParams;
      asked.push(params);
      return HttpResponse.json(body(params) as Record<string, unknown>);
    }),
  );
}

beforeEach(() => {
  asked = [];
  localStorage.clear();
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  vi.spyOn(HTMLElement.prototype, 'clientWidth', 'get').mockReturnValue(1_200);
  HTMLElement.prototype.scrollTo = () => undefined;
  answers('get', '/system/about', { name: 'Syslogger', version: '1', time_zone: 'Asia/Dhaka', now: 0 });
  answers('get', '/logs/fields', { fields: { user: 'TEXT', severity: 'INTEGER' } });
  answers('get', '/logs/histogram', { step: '1h', starts: [], counts: [], series: [], others: [], searched: SEARCHED });
  answers('get', '/logs/facets', { facets: [], searched: SEARCHED });
  answers('get', '/logs/count', { count: 1, exact: false, searched: SEARCHED });
  answers('get', '/exports', []);
  answers('post', '/logs/parse', { where: { op: 'phrase', text: 'login' }, text: 'login', since: null, until: null });
  answersRows(() => ({ rows: [row(1), row(2)], after: null, searched: SEARCHED }));
});

function show(at = '/search', me: Me = anna) {
  return renderRoutes(
    [
      {
        path: '/search',
        element: (
          <SessionContext value={me}>
            <SearchPage />
          </SessionContext>
        ),
      },
      { path: '/tail', element: <p>the tail</p> },
    ],
    at,
  );
}

test('the address is the search', async () => {
  show('/search?q=login&since=-7d&engine=main&order=oldest');

  expect(await screen.findByText('2 rows, the oldest first', { exact: false })).toHaveTextContent('searched 30 of 30 days');
  expect(screen.getByRole('textbox', { name: 'Query' })).toHaveValue('login');
  expect(screen.getByRole('button', { name: 'Time range: last 7 d' })).toBeVisible();
  expect(Object.fromEntries(asked[0] ?? [])).toEqual({ q: 'login', since: '-7d', engine: 'main', order: 'oldest', limit: '200' });
});

test('running a query is a step that Back undoes', async () => {
  const { router } = show();
  await screen.findByRole('grid');

  await userEvent.type(screen.getByRole('textbox', { name: 'Query' }), 'login failed{Enter}');
  await waitFor(() => expect(router.state.location.search).toBe('?q=login+failed'));
  await waitFor(() => expect(asked).toHaveLength(2));

  await router.navigate(-1);
  await waitFor(() => expect(screen.getByRole('textbox', { name: 'Query' })).toHaveValue(''));
  // What was found before is still there.
  expect(asked).toHaveLength(2);
});

test('running the same again asks again', async () => {
  show('/search?q=login');
  await screen.findByRole('grid');

  await userEvent.click(screen.getByRole('button', { name: 'Run' }));

  await waitFor(() => expect(asked).toHaveLength(2));
});

test('a query that cannot be read is shown at its place', async () => {
  refuses('get', '/logs', 400, { code: 'query', message: 'a field is written severity:debug', field: 'query.q', position: 0 });
  refuses('post', '/logs/parse', 400, { code: 'query', message: 'x', position: 0 });
  show('/search?q=severity%3Ddebug');

  expect(await screen.findByText('Nothing was searched.')).toBeVisible();
  expect(screen.getByRole('textbox', { name: 'Query' })).toHaveAccessibleDescription('A field is written severity:debug. (Character 1.)');
});

test('without a match it says what could be widened', async () => {
  answersRows(() => ({ rows: [], after: null, searched: { ...SEARCHED, unknown_fields: ['usr'] } }));
  const { router } = show('/search?q=login+usr%3Aanna');

  expect(await screen.findByText('No row matches.')).toBeVisible();
  expect(screen.getByText('No day of this time has the field usr.')).toBeVisible();
  await userEvent.click(screen.getByRole('button', { name: 'without usr:anna' }));

  await waitFor(() => expect(router.state.location.search).toBe('?q=login'));
});

test('where nothing is stored it says how a first line gets here', async () => {
  answersRows(() => ({ rows: [], after: null, searched: SEARCHED }));
  answers('get', '/logs/count', { count: 0, exact: true, searched: SEARCHED });
  answers('get', '/engines', [
    { engine: 'main', port: 5140, state: 'running', whole: true, settings: { addresses: [] } },
  ]);
  show();

  expect(await screen.findByText(/UDP port 5140/)).toBeVisible();
  expect(screen.getByText(/Waiting for the first line/)).toBeVisible();
});

test('an answer that was cut says so, and goes on when asked', async () => {
  answersRows((params) =>
    params.has('after')
      ? { rows: [row(3)], after: null, searched: SEARCHED }
      : { rows: [row(1)], after: 'cursor', searched: { ...SEARCHED, cut: 'deadline' } },
  );
  show();

  expect(await screen.findByText(/The search stopped after 14 of 30 days/)).toBeVisible();
  expect(asked).toHaveLength(1);
  await userEvent.click(screen.getByRole('button', { name: 'Search on' }));

  expect(await screen.findByText('2 rows, the newest first', { exact: false })).toBeVisible();
  expect(asked[1]?.get('after')).toBe('cursor');
});

test('days that cannot be read are told', async () => {
  answersRows(() => ({ rows: [row(1)], after: null, searched: { ...SEARCHED, damaged: { 'mikrotik.main.2026-11-19': 'not a database' } } }));
  show();

  expect(await screen.findByText(/1 day cannot be read/)).toBeVisible();
  expect(screen.getByText(/not a database/)).toBeVisible();
});

test('when it fails, what went wrong is told and it can be tried again', async () => {
  refuses('get', '/logs', 500, { code: 'internal', message: 'this went wrong here' });
  show();

  expect(await screen.findByText('This went wrong here.')).toBeVisible();
  answersRows(() => ({ rows: [row(1)], after: null, searched: SEARCHED }));
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));

  expect(await screen.findByRole('grid')).toBeVisible();
});

test('a search can be cancelled', async () => {
  let isAborted = false;
  server.use(
    http.get('*/api/v1/logs', async ({ request }) => {
      await new Promise((resolve) => request.signal.addEventListener('abort', resolve));
      isAborted = true;
      return HttpResponse.json({});
    }),
  );
  show();

  await userEvent.click(await screen.findByRole('button', { name: 'Cancel' }));

  expect(await screen.findByText('The search was cancelled.')).toBeVisible();
  await waitFor(() => expect(isAborted).toBe(true));
});

test('a link opens its row, also when it is not among those found', async () => {
  answers('get', `/logs/${ID}9`, { ...row(19), id: `${ID}9` });
  answers('get', `/logs/${ID}9/context`, { before: [], row: row(19), after: [] });
  show(`/search?row=${ID}9`);

  expect(await screen.findByRole('button', { name: 'Close the row' })).toBeVisible();
});

test('a row that is gone is told', async () => {
  refuses('get', `/logs/${ID}9`, 404, { code: 'not_found', message: 'there is no row' });
  show(`/search?row=${ID}9`);

  expect(await screen.findByText('This row is not there.')).toBeVisible();
});

test('the present search is saved under a name', async () => {
  let kept: unknown = null;
  answers('get', '/searches', []);
  server.use(
    http.post('*/api/v1/searches', async ({ request }) => {
      kept = await request.json();
      return HttpResponse.json({ id: 1 }, { status: 201 });
    }),
  );
  show('/search?q=login&since=-7d');
  await screen.findByRole('grid');

  await userEvent.click(screen.getByRole('button', { name: 'Saved' }));
  await userEvent.type(await screen.findByRole('textbox', { name: 'Name' }), 'failed logins');
  await userEvent.click(screen.getByRole('button', { name: 'Save' }));

  await waitFor(() =>
    expect(kept).toMatchObject({ name: 'failed logins', shared: false, query: { since: '-7d', where: { op: 'phrase' } } }),
  );
});

test('a viewer is told why there is nothing', () => {
  show('/search', { ...anna, role: 'viewer' });

  expect(screen.getByText('Your role does not see log lines.')).toBeVisible();
  expect(asked).toEqual([]);
});
