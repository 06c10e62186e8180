import { afterEach, expect, test, vi } from 'vitest';

import type { EngineSeen } from '@/types/shapes';

import { EngineFeed, MOST_MOMENTS } from './engine-feed';

afterEach(() => vi.useRealTimers());

function engine(kernelDropped: number): EngineSeen {
  return {
    engine: 'edge',
    whole: true,
    ledger: { kernel_dropped: kernelDropped, dropped: {} },
    rates: {
      received_per_second: 10,
      stored_per_second: 8,
      over: { '1': { received: 10, stored: 8, refused: 1.5, dropped: 0.5 } },
    },
  } as unknown as EngineSeen;
}

test('the memory of rates is bounded', () => {
  const feed = new EngineFeed();
  for (let second = 0; second < MOST_MOMENTS + 50; second += 1) {
    feed.hear({ type: 'status', engines: { edge: engine(0) } }, second);
  }

  expect(feed.current().history).toHaveLength(MOST_MOMENTS);
  expect(feed.current().history[0]?.at).toBe(50);
  expect(feed.historyOf('edge')).toHaveLength(MOST_MOMENTS);
});

test('each engine has its own rates, and the kernel drops are since the last word', () => {
  const feed = new EngineFeed();
  feed.hear({ type: 'status', engines: { edge: engine(100), core: engine(7) } }, 1_000);
  feed.hear({ type: 'status', engines: { edge: engine(104), core: engine(7) } }, 3_000);

  expect(feed.historyOf('edge').at(-1)).toEqual({ at: 3_000, received: 10, stored: 8, refused: 1.5, dropped: 0.5, kernel: 2 });
  expect(feed.historyOf('core').at(-1)?.kernel).toBe(0);
  expect(feed.current().history.at(-1)).toMatchObject({ received: 20, refused: 3, dropped: 1, kernel: 2 });
});

test('an engine that was deleted is forgotten, and an unknown one has no history', () => {
  const feed = new EngineFeed();
  feed.hear({ type: 'status', engines: { edge: engine(0) } }, 1_000);
  feed.hear({ type: 'status', engines: {} }, 2_000);

  expect(feed.historyOf('edge')).toEqual([]);
  expect(feed.historyOf('edge')).toBe(feed.historyOf('never'));
});

test('trouble is told in the words of the API, and ends with the next status', () => {
  const feed = new EngineFeed();
  feed.hear({ type: 'trouble', error: { code: 'unavailable', message: 'the factory does not answer' } });
  expect(feed.current().trouble).toBe('the factory does not answer');

  feed.hear({ type: 'status', engines: {} });
  expect(feed.current().trouble).toBeNull();
});

test('after seconds of silence the feed says that it is not of now', () => {
  vi.useFakeTimers();
  const feed = new EngineFeed();
  feed.hear({ type: 'status', engines: {} });
  vi.advanceTimersByTime(4_000);
  expect(feed.current().isQuiet).toBe(false);

  vi.advanceTimersByTime(2_000);
  expect(feed.current().isQuiet).toBe(true);
  feed.hear({ type: 'status', engines: {} });
  expect(feed.current().isQuiet).toBe(false);
});
