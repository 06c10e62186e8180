import { expect, test } from 'vitest';

import { shorterQueries } from './query-conditions';

test('each condition is left out once', () => {
  expect(shorterQueries('login -severity:debug AND (a OR b) port:(22 23)')).toEqual([
    { without: 'login', q: '-severity:debug (a OR b) port:(22 23)' },
    { without: '-severity:debug', q: 'login (a OR b) port:(22 23)' },
    { without: '(a OR b)', q: 'login -severity:debug port:(22 23)' },
    { without: 'port:(22 23)', q: 'login -severity:debug (a OR b)' },
  ]);
});

test.each(['', 'login', 'a OR b', '-(a b)', 'a "open'])('%j has none to leave out', (query) => {
  expect(shorterQueries(query)).toEqual([]);
});
