import { expect, test } from 'vitest';

import { calmOrder } from './calm-order';

test('nothing moves while somebody is there', () => {
  expect(calmOrder(['a', 'b', 'c'], ['c', 'd', 'a'], true)).toEqual(['a', 'c', 'd']);
});

test('as soon as nobody is, it is as wanted', () => {
  expect(calmOrder(['a', 'b', 'c'], ['c', 'd', 'a'], false)).toEqual(['c', 'd', 'a']);
});
