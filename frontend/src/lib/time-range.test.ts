import { expect, test } from 'vitest';

import { around, between, dayAfter, instantOf, isFixed, isRelative, rangeWords, shownField, toParams, zonedText } from './time-range';

const DHAKA = 'Asia/Dhaka';
/** 2026-11-20 14:00:00 in Dhaka. */
const AT = 1_795_161_600_000_000;

test.each([
  [{ since: '-24h', until: null }, 'last 24 h'],
  [{ since: 'now-2h30m', until: 'now' }, 'last 2 h 30 min'],
  [{ since: '-1w', until: null }, 'last 1 week'],
  [{ since: '-2h', until: '-1h' }, '2 h ago to 1 h ago'],
  [{ since: 'today', until: null }, 'today'],
  [{ since: 'yesterday', until: 'today' }, 'yesterday'],
  [{ since: '2026-11-20', until: '2026-11-21' }, '2026-11-20'],
  [{ since: '2026-11-18', until: '2026-11-21' }, '2026-11-18 to 2026-11-20'],
  [{ since: '2026-11-20 14:00', until: '2026-11-20 15:00' }, '2026-11-20 14:00 to 15:00'],
  [{ since: '2026-11-20T14:00', until: '2026-11-21T15:00' }, '2026-11-20 14:00 to 2026-11-21 15:00'],
  [{ since: String(AT), until: String(AT + 3_600_000_000) }, '2026-11-20 14:00 to 15:00'],
  [{ since: null, until: '2026-11-20' }, 'until 2026-11-20'],
  [{ since: '14:30', until: null }, 'since 14:30'],
  [{ since: null, until: null }, 'all that is stored'],
])('%j is called %s', (range, words) => {
  expect(rangeWords(range, DHAKA)).toBe(words);
});

test('an instant is told on the clock of the zone, to what it has', () => {
  expect(zonedText(AT, DHAKA)).toBe('2026-11-20 14:00');
  expect(zonedText(AT, 'UTC')).toBe('2026-11-20 08:00');
  expect(zonedText(AT + 3_250_000, DHAKA)).toBe('2026-11-20 14:00:03.25');
  expect(zonedText(AT, 'No/Where')).toBe('2026-11-20 08:00');
});

test('open ends are not asked for', () => {
  expect(toParams({ since: '-1h', until: null })).toEqual([['since', '-1h']]);
  expect(toParams({ since: null, until: null })).toEqual([]);
});

test('instants make a range that holds them', () => {
  expect(between(10.4, 20.4)).toEqual({ since: '10', until: '21' });
  expect(around(AT)).toEqual({ since: String(AT - 300_000_000), until: String(AT + 300_000_000) });
  expect(instantOf(String(AT))).toBe(AT);
  expect(instantOf('2026')).toBeNull();
});

test('what moves with the clock is told from what does not', () => {
  expect(isRelative({ since: '-15m', until: null })).toBe(true);
  expect(isRelative({ since: 'today', until: null })).toBe(false);
  expect(isFixed({ since: '-15m', until: null })).toBe(false);
  expect(isFixed({ since: 'yesterday', until: 'today' })).toBe(false);
  expect(isFixed({ since: '2026-11-20', until: String(AT) })).toBe(true);
});

test('a day later is the next date, also over the end of a year', () => {
  expect(dayAfter('2026-12-31')).toBe('2027-01-01');
  expect(dayAfter('2028-03-01', -1)).toBe('2028-02-29');
});

test('fields for date and time take what is a moment of the clock', () => {
  expect(shownField(String(AT + 3_250_000), DHAKA)).toBe('2026-11-20T14:00:03');
  expect(shownField('2026-11-20', DHAKA)).toBe('2026-11-20T00:00');
  expect(shownField('2026-11-20 14:00', DHAKA)).toBe('2026-11-20T14:00');
  expect(shownField('-24h', DHAKA)).toBe('');
  expect(shownField(null, DHAKA)).toBe('');
});
