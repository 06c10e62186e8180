import { expect, test } from 'vitest';

import { sortedBy, type SortValue } from './sorted';

const order = (values: SortValue[], isDescending = false) => sortedBy(values, (value) => value, isDescending);

test('numbers by size, words by the numbers in them', () => {
  expect(order([10, 9, 100])).toEqual([9, 10, 100]);
  expect(order(['edge-10', 'edge-9', 'Core'])).toEqual(['Core', 'edge-9', 'edge-10']);
  expect(order([1, 3, 2], true)).toEqual([3, 2, 1]);
});

test('what is not known comes last in both directions', () => {
  expect(order([null, 2, 1])).toEqual([1, 2, null]);
  expect(order([null, 2, 1], true)).toEqual([2, 1, null]);
});

test('the list itself stays as it was', () => {
  const rows = [2, 1];
  sortedBy(rows, (row) => row, false);
  expect(rows).toEqual([2, 1]);
});
