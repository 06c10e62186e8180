import { expect, test } from 'vitest';

import { FIRST_SEARCH } from '@/lib/search-address';

import { columnsThere, FIRST_CHOICE, requestOf } from './request';

const SEARCH = { ...FIRST_SEARCH, q: 'severity:>=warning', engines: ['main'], range: { since: '1795132800000000', until: null } };

test('a search and its columns become a request; instants are numbers', () => {
  expect(requestOf(SEARCH, FIRST_CHOICE, ['time', 'client'])).toEqual({
    format: 'csv',
    q: 'severity:>=warning',
    query: {
      engines: ['main'],
      classes: [],
      since: 1_795_132_800_000_000,
      until: null,
      order: 'newest',
      columns: ['time', 'client'],
      limit: 100,
    },
    bom: false,
    formula_safe: true,
    skip_damaged: false,
  });
});

test('what is of CSV alone is sent with CSV alone, and original lines have no columns', () => {
  const raw = requestOf(SEARCH, { ...FIRST_CHOICE, format: 'raw', bom: true }, ['time']);

  expect(raw).not.toHaveProperty('bom');
  expect(raw).not.toHaveProperty('formula_safe');
  expect(raw.query?.columns).toEqual([]);
  expect(requestOf(SEARCH, { ...FIRST_CHOICE, format: 'jsonl', columns: 'all' }, ['time']).query?.columns).toEqual([]);
});

test('a day file is the whole day: no query goes with it', () => {
  const choice = { ...FIRST_CHOICE, format: 'db' as const, day: 'mikrotik/main/2026-11-20', name: ' friday ' };

  expect(requestOf(SEARCH, choice, ['time'])).toEqual({ format: 'db', days: ['mikrotik/main/2026-11-20'], name: 'friday' });
});

test('a column that no day has is left out, where that is known', () => {
  expect(columnsThere(['time', 'gone', 'client'], ['client'])).toEqual(['time', 'client']);
  expect(columnsThere(['time', 'gone'], null)).toEqual(['time', 'gone']);
  expect(columnsThere(['time', 'gone'], [])).toEqual(['time', 'gone']);
});
