import { expect, test } from 'vitest';

import { FIRST_SEARCH, type SearchState } from '@/lib/search-address';

import { savedOf, searchOfSaved, withoutRepeats } from './saved-query';

const SEARCH: SearchState = {
  ...FIRST_SEARCH,
  q: 'login',
  range: { since: '-24h', until: '1795161600000000' },
  engines: ['main'],
  columns: ['time'],
  order: 'oldest',
};

test('what is kept comes back', () => {
  const query = savedOf(SEARCH, { op: 'phrase', text: 'login' });

  expect(query).toMatchObject({ since: '-24h', until: 1_795_161_600_000_000, where: { op: 'phrase' } });
  expect(searchOfSaved({ query, text: 'login' })).toEqual(SEARCH);
});

test('a query of another version is a search all the same', () => {
  expect(searchOfSaved({ query: { engines: 3, order: 'up' }, text: '' })).toEqual({
    ...FIRST_SEARCH,
    range: { since: null, until: null },
  });
});

test('the same search is told once', () => {
  const one = { query: savedOf(SEARCH, null), text: 'login' };
  const other = { query: savedOf(SEARCH, null), text: 'logout' };

  expect(withoutRepeats([one, one, other, one])).toEqual([one, other]);
});
