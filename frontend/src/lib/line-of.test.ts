import { expect, test } from 'vitest';

import { cut, lineOf } from './line-of';

test('the line as it arrived', () => {
  expect(lineOf({ id: 'a', receivedAt: 0, values: { original_log: '<134> x', user: 'anna' } })).toBe('<134> x');
});

test('without it, the fields that have a value', () => {
  const values = { class: 'c', engine: 'e', day: 'd', severity: 3, original_log: null, user: 'anna', port: 80, none: null };
  expect(lineOf({ id: 'a', receivedAt: 0, values })).toBe('user=anna port=80');
});

test('what is cut is counted', () => {
  expect(cut('abcdef', 4)).toEqual({ text: 'abcd', more: 2 });
  expect(cut('abcd', 4)).toEqual({ text: 'abcd', more: 0 });
});
