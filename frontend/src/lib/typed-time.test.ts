import { expect, test } from 'vitest';

import { momentOf, TYPED_EXAMPLES, typedTime } from './typed-time';

/** A Friday. */
const TODAY = '2026-11-20';

test.each([
  ['2h', '-2h', null],
  ['last 2 hours', '-2h', null],
  ['past hour', '-1h', null],
  ['15 minutes', '-15m', null],
  ['2 hours and 30 min', '-2h30m', null],
  ['2h30m', '-2h30m', null],
  ['90 min ago', '-90m', null],
  ['now-2h', '-2h', null],
  ['today', 'today', null],
  ['Yesterday', 'yesterday', 'today'],
  ['yesterday 14:00', '2026-11-19 14:00', null],
  ['yesterday at 9:05', '2026-11-19 09:05', null],
  ['monday', '2026-11-16', '2026-11-17'],
  ['fri', '2026-11-20', '2026-11-21'],
  ['14:00', '2026-11-20 14:00', null],
  ['14:00 .. 15:30', '2026-11-20 14:00', '2026-11-20 15:30'],
  ['yesterday 14:00 – 15:00', '2026-11-19 14:00', '2026-11-19 15:00'],
  ['from 14:00 to now', '2026-11-20 14:00', 'now'],
  ['2026-11-18', '2026-11-18', '2026-11-19'],
  ['2026-11-18 14:00', '2026-11-18 14:00', null],
  ['2026-11-18 14:00 .. 15:00', '2026-11-18 14:00', '2026-11-18 15:00'],
  ['2026-11-18T14:00:00Z .. 2026-11-18T15:00:00+02:00', '2026-11-18T14:00:00Z', '2026-11-18T15:00:00+02:00'],
  ['2026-11-16 .. 2026-11-18', '2026-11-16', '2026-11-19'],
  ['monday to wednesday', '2026-11-16', '2026-11-19'],
  ['since monday', '2026-11-16', null],
  ['between 14:00 and 15:00', '2026-11-20 14:00', '2026-11-20 15:00'],
  ['until 2026-11-18', null, '2026-11-18'],
  ['-2h .. -1h', '-2h', '-1h'],
  ['Nov 18 14:00:03', '2026-11-18 14:00:03', null],
  ['Dec 24 14:00', '2025-12-24 14:00', null],
  ['1795161600', '1795161600000000', null],
  ['1795161600000 .. 1795161660000', '1795161600000000', '1795161660000000'],
  ['all', null, null],
])('%s', (typed, since, until) => {
  expect(typedTime(typed, TODAY)).toEqual({ range: { since, until } });
});

test.each(['', 'soon', '25 hats', 'yesterday tomorrow', '14:00 .. soon', '1 .. 2 .. 3', 'until', '2026-11'])(
  '%j is no time',
  (typed) => {
    expect(typedTime(typed, TODAY)).toHaveProperty('problem');
  },
);

test('every example can be read', () => {
  expect(TYPED_EXAMPLES.filter((each) => 'problem' in typedTime(each, TODAY))).toEqual([]);
});

test('a moment alone', () => {
  expect(momentOf('now', TODAY)).toBe('now');
  expect(momentOf('9:05', TODAY)).toBe('2026-11-20 09:05');
  expect(momentOf('2026-11-18 9:05:03.25', TODAY)).toBe('2026-11-18 09:05:03.25');
  expect(momentOf('nonsense', TODAY)).toBeNull();
});
