import { expect, test } from 'vitest';

import { MOST_BARS, mostBars, reachesNow, secondsOf, stepFor, stepWords } from './step';

test.each([
  [{ since: '-24h', until: null }, 86_400],
  [{ since: 'now-2h30m', until: 'now' }, 9_000],
  [{ since: '1795132800000000', until: '1795132860000000' }, 60],
  [{ since: 'yesterday', until: null }, null],
  [{ since: '-24h', until: '-1h' }, null],
  [{ since: null, until: null }, null],
])('%j is so many seconds long', (range, seconds) => {
  expect(secondsOf(range)).toBe(seconds);
});

test('a narrow chart has fewer bars; a usual one those that the API takes', () => {
  expect(mostBars(320)).toBe(40);
  expect(mostBars(null)).toBe(MOST_BARS);
  expect(stepFor({ since: '-24h', until: null }, mostBars(1_200))).toBeNull();
  expect(stepFor({ since: '-24h', until: null }, mostBars(320))).toBe('1h');
  expect(stepFor({ since: '-15m', until: null }, mostBars(320))).toBe('30s');
  expect(stepFor({ since: 'today', until: null }, mostBars(320))).toBeNull();
});

test('a range that moves with the clock reaches up to now', () => {
  expect(reachesNow({ since: '-24h', until: null })).toBe(true);
  expect(reachesNow({ since: 'today', until: null })).toBe(true);
  expect(reachesNow({ since: '-24h', until: '-1h' })).toBe(false);
  expect(reachesNow({ since: null, until: null })).toBe(false);
});

test('steps in words', () => {
  expect(['10s', '15m', '3h', '1d', '1mo', '3mo'].map(stepWords)).toEqual(['10 s', '15 min', '3 h', '1 d', '1 month', '3 months']);
});
