import { expect, test } from 'vitest';

import { addressOf, askedParams, FIRST_SEARCH, searchLink, searchOf, tailLink, type SearchState } from './search-address';

const ALL: SearchState = {
  q: 'user:"Anna Maria" -severity:debug & +x',
  range: { since: '2026-11-20 14:00', until: '1795161600000000' },
  engines: ['main', 'mikrotik/core'],
  classes: ['nginx'],
  columns: ['time', 'original_log'],
  order: 'oldest',
  row: 'mikrotik.main.2026-11-20.42',
};

test.each([
  ['nothing', FIRST_SEARCH],
  ['everything', ALL],
  ['all of the time', { ...FIRST_SEARCH, range: { since: null, until: null } }],
  ['an end alone', { ...FIRST_SEARCH, range: { since: null, until: '-1h' } }],
])('an address is the search it was made of: %s', (_, search) => {
  expect(searchOf(new URLSearchParams(addressOf(search).toString()))).toEqual(search);
});

test('what is as always is not in the address', () => {
  expect(searchLink({})).toBe('/search');
  expect(searchLink({ q: 'client:office' })).toBe('/search?q=client%3Aoffice');
});

test('what is no search is the first one', () => {
  const search = searchOf(new URLSearchParams('order=up&columns=,a,,a&engine=&engine=x&engine=x&since='));

  expect(search).toEqual({ ...FIRST_SEARCH, range: { since: null, until: null }, engines: ['x'], columns: ['a'] });
});

test('the API is asked for rows, and not how they are shown', () => {
  expect([...askedParams(ALL)]).toEqual([
    ['since', '2026-11-20 14:00'],
    ['until', '1795161600000000'],
    ['engine', 'main'],
    ['engine', 'mikrotik/core'],
    ['class', 'nginx'],
    ['q', ALL.q],
  ]);
});

test('a live tail has the question without time', () => {
  expect(tailLink(ALL)).toBe(`/tail?${new URLSearchParams([['q', ALL.q], ['engine', 'main'], ['engine', 'mikrotik/core'], ['class', 'nginx']]).toString()}`);
});
