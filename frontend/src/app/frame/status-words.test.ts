import { expect, test } from 'vitest';

import type { Feed } from '@/lib/engine-feed';
import type { EngineSeen } from '@/types/shapes';

import { lostSince, statusWords, zoneWords } from './status-words';

const glimpse = (state: string): EngineSeen => ({ engine: 'edge', state, clients: [], whole: false });
const feed: Feed = { engines: { edge: glimpse('running') }, history: [], trouble: null };

test('without a connection there are no figures', () => {
  expect(statusWords('lost', feed)).toEqual({ parts: [], connection: 'Not live; retrying' });
  expect(statusWords('lost', feed, '13:07').connection).toBe('Not live since 13:07; retrying');
});

test('figures that are old are not shown as those of now', () => {
  expect(statusWords('live', { ...feed, isQuiet: true })).toEqual({
    parts: [],
    connection: 'Nothing is heard of the engines',
  });
});

test('an engine that does not run is said in words', () => {
  const words = statusWords('live', { ...feed, engines: { a: glimpse('running'), b: glimpse('failed') } });

  expect(words.parts[0]).toMatchObject({ words: '1 of 2 engines running', kind: 'warning' });
});

test('neither a rate nor losses are claimed to be 0 where they are not told', () => {
  expect(statusWords('live', feed).parts.map((part) => part.name)).toEqual(['engines']);
  expect(statusWords('live', { ...feed, engines: {} }).parts.map((part) => part.name)).toEqual(['engines', 'rate']);
});

test('the moment of a loss is on the clock of the pages', () => {
  const noon = Date.UTC(2026, 10, 21, 12);

  expect(lostSince(noon, 60_000, 'Asia/Dhaka')).toBe('18:01');
  expect(lostSince(noon, 0, null)).toBeNull();
});

test('the zone is named once, short and whole', () => {
  const noon = Date.UTC(2026, 10, 21, 12);

  expect(zoneWords(noon, 'Asia/Dhaka')).toEqual({ short: 'UTC+6', whole: 'Times are in Asia/Dhaka, UTC+6 now' });
  expect(zoneWords(noon, 'UTC')).toEqual({ short: 'UTC', whole: 'Times are in UTC' });
});
