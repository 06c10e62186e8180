import { afterEach, beforeEach, expect, test, vi } from 'vitest';

import { LiveSocket, waitMs } from './live-socket';

class FakeWebSocket {
  static readonly OPEN = 1;
  static all: FakeWebSocket[] = [];
  readyState = 0;
  sent: unknown[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly url: string) {
    FakeWebSocket.all.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  opens(): void {
    this.readyState = 1;
    this.onopen?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', FakeWebSocket);
  FakeWebSocket.all = [];
});
afterEach(() => {
  vi.useRealTimers();
});

function last(): FakeWebSocket {
  const socket = FakeWebSocket.all.at(-1);
  if (socket === undefined) throw new Error('nothing was opened');
  return socket;
}

test('what was subscribed is subscribed again after a loss', () => {
  const told = vi.fn();
  const live = new LiveSocket('ws://x', undefined, () => 1);
  live.subscribe({ id: 'a', kind: 'status' }, told);
  live.open();
  last().opens();
  expect(last().sent).toEqual([{ type: 'subscribe', id: 'a', kind: 'status' }]);
  last().onmessage?.({ data: '{"type":"status","id":"a","engines":{}}' });
  expect(told).toHaveBeenCalledOnce();
  expect(live.current().connection).toBe('live');

  last().onclose?.({ code: 1006 });
  expect(live.current().connection).toBe('lost');
  vi.advanceTimersByTime(1_000);

  expect(FakeWebSocket.all).toHaveLength(2);
  last().opens();
  expect(last().sent).toHaveLength(1);
});

test('a line that is silent for too long is lost', () => {
  const live = new LiveSocket('ws://x');
  live.open();
  last().opens();
  last().onmessage?.({ data: '{"type":"heartbeat","at":1}' });

  vi.advanceTimersByTime(25_000);

  expect(live.current().connection).toBe('lost');
});

test('the end of the session is told', () => {
  const ended = vi.fn();
  const live = new LiveSocket('ws://x', ended);
  live.open();

  last().onclose?.({ code: 4401 });

  expect(ended).toHaveBeenCalledOnce();
});

test('after close nothing is opened any more', () => {
  const live = new LiveSocket('ws://x');
  live.open();
  live.close();

  vi.advanceTimersByTime(120_000);

  expect(FakeWebSocket.all).toHaveLength(1);
});

test('the wait doubles up to half a minute', () => {
  expect([0, 1, 2, 3, 20].map((failures) => waitMs(failures, 1))).toEqual([1_000, 2_000, 4_000, 8_000, 30_000]);
  expect(waitMs(0, 0)).toBe(500);
});

test('what is no JSON is passed over', () => {
  const live = new LiveSocket('ws://x');
  live.open();

  last().onmessage?.({ data: '<html>' });

  expect(live.current().connection).toBe('connecting');
});

test('what goes on where it was says after every loss where that is', () => {
  const live = new LiveSocket('ws://x', undefined, () => 1);
  let lastRow = 'a.b.2026-11-20.1';
  live.subscribe(() => ({ id: 't', kind: 'tail', query: 'x', after: [lastRow] }), vi.fn());
  live.open();
  last().opens();
  lastRow = 'a.b.2026-11-20.9';
  last().onclose?.({ code: 1006 });
  vi.advanceTimersByTime(1_000);
  last().opens();

  expect(last().sent).toEqual([{ type: 'subscribe', id: 't', kind: 'tail', query: 'x', after: ['a.b.2026-11-20.9'] }]);
});
