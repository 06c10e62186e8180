import { expect, test } from 'vitest';

import { EngineFeed, MOST_MOMENTS } from './engine-feed';

test('the memory of rates is bounded', () => {
  const feed = new EngineFeed();
  for (let second = 0; second < MOST_MOMENTS + 50; second += 1) {
    feed.hear({ type: 'status', engines: {} }, second);
  }

  expect(feed.current().history).toHaveLength(MOST_MOMENTS);
  expect(feed.current().history[0]?.at).toBe(50);
});

test('trouble is told in the words of the API, and ends with the next status', () => {
  const feed = new EngineFeed();
  feed.hear({ type: 'trouble', error: { code: 'unavailable', message: 'the factory does not answer' } });
  expect(feed.current().trouble).toBe('the factory does not answer');

  feed.hear({ type: 'status', engines: {} });
  expect(feed.current().trouble).toBeNull();
});
