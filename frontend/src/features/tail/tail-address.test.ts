import { expect, test } from 'vitest';

import { tailOf, withAsked, withoutConditions } from './tail-address';

test('an address says what is followed', () => {
  expect(tailOf(new URLSearchParams('q=login&engine=main&class=c&most=1000'))).toEqual({
    q: 'login',
    engines: ['main'],
    classes: ['c'],
    most: 1_000,
  });
  expect(tailOf(new URLSearchParams('most=77'))).toEqual({ q: '', engines: [], classes: [], most: 100 });
});

test('what is as always is left out', () => {
  const address = new URLSearchParams('q=a&most=10');
  expect(withAsked(address, { q: ' b ' }).toString()).toBe('q=b&most=10');
  expect(withAsked(address, { most: 100 }).toString()).toBe('q=a');
  expect(withAsked(address, { q: '' }).toString()).toBe('most=10');
});

test('every line of every engine', () => {
  expect(withoutConditions(new URLSearchParams('q=a&engine=x&engine=y&class=z&most=10')).toString()).toBe('most=10');
});
