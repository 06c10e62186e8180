import { expect, test } from 'vitest';

import { bytes, count, counted, duration, rate, short } from './format';

test('numbers have separators, and one is one', () => {
  expect(count(1284003)).toBe('1,284,003');
  expect(counted(1, 'engine')).toBe('1 engine');
  expect(counted(0, 'engine')).toBe('0 engines');
});

test('a small rate is not shown as nothing', () => {
  expect(rate(0.1)).toBe('0.1/s');
  expect(rate(312_400.4)).toBe('312,400/s');
  expect(rate(0)).toBe('0/s');
});

test.each([
  [-3, '0 s'],
  [59.9, '59 s'],
  [60, '1 min'],
  [3_600, '1 h'],
  [11_100, '3 h 5 min'],
  [187_200, '2 d 4 h'],
])('%d seconds are %s', (seconds, words) => {
  expect(duration(seconds)).toBe(words);
});

test('sizes have three digits at most, and go over to the next unit in time', () => {
  expect(bytes(0)).toBe('0 B');
  expect(bytes(999)).toBe('999 B');
  expect(bytes(1_000)).toBe('1 kB');
  expect(bytes(999_600)).toBe('1 MB');
  expect(bytes(4_120_000_000)).toBe('4.1 GB');
  expect(bytes(67_108_864)).toBe('67 MB');
});

test('short numbers keep what matters', () => {
  expect([1, 50, 2_000, 63_532, 102_383, 1_500_000].map(short)).toEqual(['1', '50', '2K', '63.5K', '102K', '1.5M']);
});
