import { expect, test } from 'vitest';

import { rate } from '@/lib/format';

import { axisEnd, axisWords, readingsOf, stackedValues, summaryOf, whenWords, type ChartSeries } from './chart-series';

const stored: ChartSeries = { name: 'Stored', colour: 'stored', values: [1, 2, null, 4] };
const series: ChartSeries[] = [
  stored,
  { name: 'Refused', colour: 'refused', values: [10, null, null, 30] },
];

test('stacked values stand on those before, and what is unknown stays so', () => {
  expect(stackedValues(series)).toEqual([
    [1, 2, null, 4],
    [11, null, null, 34],
  ]);
});

test('a reading is of a moment, or the last that is known', () => {
  expect(readingsOf(series, 0, rate).map((each) => each.words)).toEqual(['1/s', '10/s']);
  expect(readingsOf(series, 2, rate).map((each) => each.words)).toEqual(['unknown', 'unknown']);
  expect(readingsOf(series, null, rate).map((each) => each.words)).toEqual(['4/s', '30/s']);
});

test('the summary has the last, the least and the most', () => {
  expect(summaryOf([{ ...stored, unit: 'rows' }], String)).toBe('Stored: 4 rows at last, between 1 rows and 4 rows.');
  expect(summaryOf([{ name: 'Lost', colour: 'kernel', values: [null] }], String)).toBe('Lost: nothing known.');
});

test('a moment is a time of day, with its day where there are several', () => {
  const noon = Date.UTC(2026, 10, 21, 12);

  expect(whenWords([noon, noon + 5_000], 1, 'UTC')).toBe('12:00:05');
  expect(whenWords([noon, noon + 86_400_000], 1, 'Asia/Dhaka')).toBe('2026-11-22 18:00');
  expect(whenWords([noon], null, 'UTC')).toBe('');
});

test.each([
  [0, 1],
  [0.035, 0.04],
  [1, 1.5],
  [312_400, 400_000],
  [9_999, 15_000],
])('an axis for %d ends at %d', (most, end) => {
  expect(axisEnd(most)).toBeCloseTo(end);
});

test('an axis has short numbers', () => {
  expect(axisWords(250_000)).toBe('250K');
});
