import { expect, test, vi } from 'vitest';

import { MOST_CHARACTERS, MOST_ROWS, newsOf, TailFeed } from './tail-feed';

/** Frames that a test lets come. */
function played() {
  const frames: (() => void)[] = [];
  let now = 1_000_000;
  const feed = new TailFeed(
    (act) => void frames.push(act),
    () => now,
  );
  return {
    feed,
    frames,
    frame: () => frames.splice(0).forEach((act) => act()),
    wait: (ms: number) => (now += ms),
  };
}

function tail(from: number, rows: number, more: Record<string, unknown> = {}) {
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
      severity: numbers.map((number) => (number % 10 === 0 ? 3 : 6)),
      original_log: numbers.map((number) => `line ${number}`),
    },
    ...more,
  };
}

test('however many messages come, they are shown once a frame', () => {
  const { feed, frames, frame } = played();
  const watcher = vi.fn();
  feed.watch(watcher);
  for (let turn = 0; turn < 50; turn += 1) feed.hear(tail(turn * 10, 10));
  expect(watcher).not.toHaveBeenCalled();
  expect(frames).toHaveLength(1);

  frame();

  expect(watcher).toHaveBeenCalledOnce();
  expect(feed.current().rows).toHaveLength(500);
  expect(feed.current().rows.at(-1)?.values['original_log']).toBe('line 499');
});

test('what is kept has an end, in rows', () => {
  const { feed, frame } = played();
  for (let turn = 0; turn < 250; turn += 1) {
    feed.hear(tail(turn * 100, 100));
    frame();
    expect(feed.current().rows.length).toBeLessThanOrEqual(MOST_ROWS);
  }

  expect(feed.current()).toMatchObject({ arrived: 25_000, waiting: 0, gone: 0 });
  expect(feed.current().rows).toHaveLength(MOST_ROWS);
  expect(feed.current().rows[0]?.receivedAt).toBe(15_000);
});

test('and in characters', () => {
  const { feed, frame } = played();
  const long = 'x'.repeat(1_000_000);
  for (let turn = 0; turn < 60; turn += 1) {
    feed.hear(tail(turn, 1, { columns: { id: [`c.e.d.${turn}`], received_at: [turn], original_log: [long] } }));
    if (turn % 2 === 0) frame();
  }
  frame();

  const kept = feed.current().rows.reduce((sum, row) => sum + String(row.values['original_log']).length, 0);
  expect(kept).toBeLessThanOrEqual(MOST_CHARACTERS);
  expect(feed.current().rows.length).toBeGreaterThan(20);
});

test('who reads is not disturbed: what arrives waits, bounded and counted', () => {
  const { feed, frame } = played();
  feed.hear(tail(0, 100));
  frame();
  feed.follow(false);
  frame();
  const read = feed.current().rows;

  for (let turn = 1; turn <= 120; turn += 1) feed.hear(tail(turn * 100, 100));
  frame();
  expect(feed.current().rows).toBe(read);
  expect(feed.current()).toMatchObject({ waiting: MOST_ROWS, gone: 2_000 });

  feed.follow(true);
  frame();
  expect(feed.current().rows).toHaveLength(MOST_ROWS);
  expect(feed.current().rows.at(-1)?.receivedAt).toBe(12_099);
  expect(feed.current().waiting).toBe(0);
});

test('a page that gets no frames keeps no more than that, either', () => {
  const { feed, frame } = played();
  for (let turn = 0; turn < 300; turn += 1) feed.hear(tail(turn * 100, 100));
  frame();

  expect(feed.current().rows).toHaveLength(MOST_ROWS);
  expect(feed.current().arrived).toBe(30_000);
});

test('what was left out is counted, and what nobody knows is said', () => {
  const { feed, frame } = played();
  feed.hear(tail(0, 1, { skipped: 40, unlooked: 2 }));
  feed.hear({ type: 'tail', rows: 0, skipped: 2, unlooked: null });
  frame();

  expect(feed.current()).toMatchObject({ arrived: 1, skipped: 42, unlooked: 2, isUnlookedUnknown: true });
});

test('after a loss it goes on behind the last row of each engine', () => {
  const { feed } = played();
  feed.hear(tail(0, 3));
  feed.hear({ ...tail(5, 1, { engine: 'f' }), columns: { id: ['c.f.2026-11-20.5'], received_at: [5] } });
  feed.hear(tail(7, 2));

  expect(feed.places()).toEqual(['c.f.2026-11-20.5', 'c.e.2026-11-20.8']);
});

test('gaps are added up; one that is not known stays so', () => {
  const { feed, frame } = played();
  feed.hear(tail(0, 3));
  frame();
  feed.hear({ type: 'subscribed' });
  feed.hear(tail(50, 3));
  frame();
  feed.hear({ type: 'gap', engine: 'e', rows: 0 });
  expect(feed.current().gap).toBeNull();
  feed.hear({ type: 'gap', engine: 'e', rows: 40 });
  feed.hear({ type: 'gap', engine: 'f', rows: 2 });
  expect(feed.current().gap).toEqual({ rows: 42, sinceUs: 3, untilUs: 50 });
  feed.hear({ type: 'gap', engine: 'g', rows: null });
  expect(feed.current().gap?.rows).toBeNull();
  feed.forgetGap();
  expect(feed.current().gap).toBeNull();
});

test('what the API says of the subscription', () => {
  const { feed } = played();
  feed.hear({ type: 'subscribed' });
  expect(feed.current().phase).toBe('live');
  feed.hear({ type: 'trouble', error: { code: 'unavailable', message: 'the day does not answer' } });
  expect(feed.current().trouble).toBe('the day does not answer');
  feed.hear({ type: 'ended', error: { code: 'too_slow', message: 'the condition takes too long', hint: 'simplify' } });
  expect(feed.current()).toMatchObject({ phase: 'ended', error: { message: 'the condition takes too long', hint: 'simplify' } });
  feed.hear({ type: 'error' });
  expect(feed.current()).toMatchObject({ phase: 'refused', error: { code: 'unexpected' } });
});

test('cleared is cleared, and it goes on', () => {
  const { feed, frame } = played();
  feed.hear({ type: 'subscribed' });
  feed.hear(tail(0, 10));
  frame();
  feed.clear();

  expect(feed.current()).toMatchObject({ rows: [], arrived: 0, phase: 'live' });
});

test('rates fall while nothing comes', () => {
  const { feed, frame, wait } = played();
  feed.hear(tail(0, 100, { skipped: 900 }));
  frame();
  expect(feed.current().flow).toEqual({ shown: 100, matching: 1_000 });
  wait(6_000);
  feed.tick();
  expect(feed.current().flow).toEqual({ shown: 0, matching: 0 });
});

test('news in words', () => {
  const { feed, frame } = played();
  feed.hear(tail(1, 34));
  frame();
  const { rows, arrived } = feed.current();

  expect(newsOf(rows, 0, arrived)).toBe('34 new lines, 3 errors');
  expect(newsOf(rows, 33, arrived)).toBe('1 new line');
  expect(newsOf(rows, arrived, arrived)).toBe('');
});
