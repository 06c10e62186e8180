import { expect, test } from 'vitest';

import { TailFeed } from './tail-feed';
import { doingOf, gapWords, newWords, partsOf } from './words';

const QUIET = new TailFeed(() => undefined).current();

test.each([
  ['live', 'live', false, 'live'],
  ['live', 'live', true, 'paused'],
  ['lost', 'live', false, 'connection lost'],
  ['connecting', 'asking', false, 'connecting'],
  ['live', 'asking', false, 'connecting'],
  ['live', 'ended', false, 'ended'],
  ['live', 'refused', true, 'ended'],
] as const)('%s, %s, stopped %s: %s', (connection, phase, isStopped, words) => {
  expect(doingOf(connection, phase, isStopped).words).toBe(words);
});

test('a query that cannot be read is not followed', () => {
  expect(doingOf('live', 'asking', false, true).words).toBe('not followed');
});

test('what is left out is said with its number, and so is that nothing was', () => {
  const words = (state: Partial<typeof QUIET>) => partsOf({ ...QUIET, ...state }, 100).map((part) => part.words);

  expect(words({})).toEqual(['0/s', '0 here', '0 skipped', '0 not looked at']);
  expect(words({ flow: { shown: 100, matching: 1_012 }, skipped: 45_210 })).toEqual(['100/s of 1,012/s', '0 here', '45,210 skipped', '0 not looked at']);
  expect(words({ unlooked: 7 })).toContain('7 not looked at');
  expect(words({ unlooked: 7, isUnlookedUnknown: true })).toContain('more than 7 not looked at');
  expect(words({ isUnlookedUnknown: true })).toContain('some not looked at');
});

test('a gap is said with its number, or that nobody knows it', () => {
  const range = { sinceUs: 1, untilUs: 2 };
  expect(gapWords({ rows: 1, ...range })).toBe('1 row that matches was stored while the tail was interrupted.');
  expect(gapWords({ rows: 340, ...range })).toBe('340 rows that match were stored while the tail was interrupted.');
  expect(gapWords({ rows: null, ...range })).toMatch(/^Some rows/);
});

test('the button says what waits', () => {
  expect(newWords(0, 0)).toBe('Go on');
  expect(newWords(1_204, 0)).toBe('1,204 new');
  expect(newWords(10_000, 50)).toBe('10,000 new, 50 more not kept');
});
