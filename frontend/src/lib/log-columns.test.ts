import { expect, test } from 'vitest';

import { columnsOf, LEAST_WIDTH_PX, movedBy, movedTo, namesOf, resized, without } from './log-columns';

const ABC = columnsOf(['a', 'b', 'c']);

test('columns are there once, and keep the widths they had', () => {
  const wide = resized(ABC, 'b', 300);
  expect(columnsOf(['b', 'b', 'x'], wide)).toEqual([
    { name: 'b', width: 300 },
    { name: 'x', width: 144 },
  ]);
});

test('a width stays within reason', () => {
  expect(resized(ABC, 'a', -5)[0]?.width).toBe(LEAST_WIDTH_PX);
  expect(resized(ABC, 'a', 1e9)[0]?.width).toBe(4_000);
});

test.each([
  ['a', 1, 'bac'],
  ['a', -1, 'abc'],
  ['c', 5, 'abc'],
  ['c', -5, 'cab'],
  ['x', 1, 'abc'],
])('%s moved by %d', (name, places, order) => {
  expect(namesOf(movedBy(ABC, name, places)).join('')).toBe(order);
});

test('a column goes to a place', () => {
  expect(namesOf(movedTo(ABC, 'a', 2)).join('')).toBe('bca');
  expect(namesOf(without(ABC, 'b')).join('')).toBe('ac');
});
