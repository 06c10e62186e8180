import { expect, test } from 'vitest';

import type { Histogram } from '@/types/shapes';

import { severityMix, shareWords } from './severity-mix';

const histogram = {
  step: '1h',
  starts: [0, 1],
  counts: [60, 40],
  series: [[6, [55, 35]], [3, [5, 4]], [null, [0, 1]]],
  others: [0, 0],
  searched: {},
} as unknown as Histogram;

test('every severity has its place, whether there are rows of it or not', () => {
  const mix = severityMix(histogram);

  expect(mix.map((each) => each.code)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, null]);
  expect(mix[3]).toEqual({ code: 3, rows: 9, share: 0.09 });
  expect(mix.at(-1)?.rows).toBe(1);
});

test('no rows are no shares', () => {
  expect(severityMix({ ...histogram, series: [] }).every((each) => each.share === 0)).toBe(true);
});

test.each([
  [0, '0 %'],
  [0.00001, '< 0.1 %'],
  [0.0312, '3.1 %'],
  [0.41, '41 %'],
  [0.9996, '> 99.9 %'],
  [1, '100 %'],
])('%d is %s', (share, words) => {
  expect(shareWords(share)).toBe(words);
});
