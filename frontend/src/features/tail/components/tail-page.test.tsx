import { act, screen, waitFor, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { http, HttpResponse } from 'msw';
import { beforeEach, expect, test, vi } from 'vitest';

import { LiveContext } from '@/hooks/use-live';
import { SessionContext } from '@/hooks/use-session';
import { EngineFeed } from '@/lib/engine-feed';
import { LiveSocket, type Asked, type LiveMessage } from '@/lib/live-socket';
import { renderRoutes } from '@/testing/render';
import { anna, answers, server } from '@/testing/server';
import type { Me } from '@/types/shapes';

import { TailPage } from './tail-page';

/** A socket that a test speaks for. */
class PlayedSocket extends LiveSocket {
  readonly asked: Asked[] = [];
  private tell: (message: LiveMessage) => void = () => undefined;

  override subscribe(asked: Asked | (() => Asked), tell: (message: LiveMessage) => void): () => void {
    this.asked.push(typeof asked === 'function' ? asked() : asked);
    this.tell = tell;
    return () => undefined;
  }

  override readonly current = () => this.played;
  private readonly played = { connection: 'live' as const, since: 0 };

  /** What it says is shown a moment later. */
  says(message: LiveMessage): void {
    act(() => this.tell(message));
  }
}

function tail(from: number, rows: number, more: Record<string, unknown> = {}): LiveMessage {
  const numbers = Array.from({ length: rows }, (_, place) => from + place);
  return {
    type: 'tail',
    class: 'c',
    engine: 'e',
    day: '2026-11-20',
    rows,
    skipped: 0,
    unlooked: 0,
    columns: {
      id: numbers.map((number) => `c.e.2026-11-20.${number}`),
      received_at: numbers,
      severity: numbers.map(() => 6),
      user: numbers.map((number) => `user${number}`),
      original_log: numbers.map((number) => `line ${number}`),
    },
    ...more,
  };
}

beforeEach(() => {
  localStorage.clear();
  vi.spyOn(HTMLElement.prototype, 'clientHeight', 'get').mockReturnValue(600);
  answers('get', '/system/about', { name: 'Syslogger', version: '1', time_zone: 'UTC', now: 0 });
  answers('get', '/logs/fields', { fields: {} });
  server.use(
    http.post('*/api/v1/logs/parse', async ({ request }) => {
      const { q } = (await request.json()) as { q: string };
      return q === 'a ('
        ? HttpResponse.json({ code: 'invalid', message: 'a parenthesis is open', position: 2, request_id: 'x' }, { status: 400 })
        : HttpResponse.json({ where: q === '' ? null : { op: 'phrase', text: q }, text: q, since: null, until: null });
    }),
  );
});

function show(at = '/tail', me: Me = anna) {
  const socket = new PlayedSocket('ws://x');
  const page = (
    <SessionContext value={me}>
      <LiveContext value={{ socket, engines: new EngineFeed() }}>
        <TailPage />
      </LiveContext>
    </SessionContext>
  );
  return { socket, ...renderRoutes([{ path: '/tail', element: page }, { path: '/search', element: <p>the search</p> }], at) };
}

async function begun(at?: string) {
  const shown = show(at);
  await waitFor(() => expect(shown.socket.asked).toHaveLength(1));
  shown.socket.says({ type: 'subscribed' });
  return shown;
}

test('rows come, with what was left out', async () => {
  const { socket } = await begun('/tail?q=login&engine=e&most=300');
  expect(socket.asked[0]).toMatchObject({
    kind: 'tail',
    query: { engines: ['e'], classes: [], where: { op: 'phrase', text: 'login' } },
    most_rows_a_second: 300,
  });
  expect(await screen.findByText('No line that matches has arrived yet.')).toBeInTheDocument();
  socket.says(tail(1, 5, { skipped: 1_234 }));

  expect(await screen.findByText('line 5')).toBeInTheDocument();
  expect(await screen.findByText('1,234 skipped')).toBeInTheDocument();
  expect(await screen.findByText('5 here')).toBeInTheDocument();
});

test('paused, nothing changes; the button says how many wait, and goes on', async () => {
  const { socket } = await begun();
  socket.says(tail(1, 3));
  await screen.findByText('line 3');
  await userEvent.click(await screen.findByRole('button', { name: 'Pause' }));
  socket.says(tail(10, 7));
  const news = await screen.findByRole('button', { name: '7 new' });
  expect(screen.queryByText('line 16')).not.toBeInTheDocument();

  await userEvent.click(news);
  expect(await screen.findByText('line 16')).toBeInTheDocument();
  expect(screen.getByRole('button', { name: 'Pause' })).toBeInTheDocument();
});

test('who chooses a row reads', async () => {
  answers('get', '/logs/:id/context', { before: [], row: { id: 'a', received_at: 1 }, after: [] });
  const { socket } = await begun();
  socket.says(tail(1, 3));
  await userEvent.click(await screen.findByText('line 2'));
  const panel = await screen.findByRole('complementary');
  expect(await within(panel).findByText('user2')).toBeInTheDocument();
  socket.says(tail(10, 2));
  expect(await screen.findByRole('button', { name: '2 new' })).toBeInTheDocument();
  expect(screen.queryByText('line 11')).not.toBeInTheDocument();
});

test('a filter by a value is part of the address and of what is asked for', async () => {
  const { socket, router } = await begun();
  socket.says(tail(1, 3));
  await userEvent.click(await screen.findByRole('button', { name: 'Columns' }));
  await userEvent.click(await screen.findByRole('checkbox', { name: 'user' }));
  await userEvent.keyboard('{Escape}');
  await userEvent.click(await screen.findByText('user2'));
  await userEvent.click(await screen.findByRole('menuitem', { name: 'Filter for it' }));

  await waitFor(() => expect(router.state.location.search).toBe('?q=user%3Auser2'));
  await waitFor(() => expect(socket.asked.at(-1)?.query).toMatchObject({ where: { text: 'user:user2' } }));
});

test('a wrong query is said at its place, and nothing is asked for', async () => {
  const { socket } = show('/tail?q=a (');

  expect(await screen.findByText(/parenthesis is open/i)).toBeInTheDocument();
  expect(socket.asked).toHaveLength(0);
});

test('a gap, and the search that finds what is in it', async () => {
  const { socket } = await begun('/tail?q=login');
  socket.says(tail(1_000_000, 2));
  socket.says({ type: 'subscribed' });
  socket.says(tail(2_000_000, 2));
  socket.says({ type: 'gap', engine: 'e', rows: 340 });

  expect(await screen.findByText('340 rows that match were stored while the tail was interrupted.')).toBeInTheDocument();
  expect(screen.getByRole('link', { name: 'Search for them' })).toHaveAttribute('href', '/search?q=login&since=1000002&until=2000000');
  await userEvent.click(screen.getByRole('button', { name: 'Close this notice' }));
  expect(screen.queryByText(/^340 rows/)).not.toBeInTheDocument();
});

test('what has ended says why, keeps its rows, and can begin again', async () => {
  const { socket } = await begun();
  socket.says(tail(1, 2));
  await screen.findByText('line 2');
  socket.says({ type: 'ended', error: { code: 'too_slow', message: 'the condition takes too long', hint: 'simplify its pattern' } });
  expect(await screen.findByText('The condition takes too long.')).toBeInTheDocument();
  expect(screen.getByText('line 2')).toBeInTheDocument();

  await userEvent.click(screen.getByRole('button', { name: 'Begin again' }));
  await waitFor(() => expect(socket.asked).toHaveLength(2));
  expect(socket.asked[1]?.after).toEqual(['c.e.2026-11-20.2']);
});

test('who may not see lines is told so', async () => {
  show('/tail', { ...anna, role: 'viewer' });

  expect(await screen.findByText('Your role does not see log lines.')).toBeInTheDocument();
});
