import { expect, test } from 'vitest';

import { marksOf } from './marks';

test('words are marked everywhere, values in their column and in the line', () => {
  const where = {
    op: 'and',
    conditions: [
      { op: 'phrase', text: 'login failed' },
      { op: 'prefix', field: 'pppoe', value: 'abc' },
      { op: 'contains', field: 'original_log', value: 'part' },
      { op: 'or', conditions: [{ op: 'equals', field: 'user', value: 'anna' }, { op: 'one_of', field: 'port', values: [22, 23] }] },
    ],
  };

  expect(marksOf(where)).toEqual({
    '*': ['login failed'],
    pppoe: ['abc'],
    original_log: ['abc', 'part', 'anna'],
    user: ['anna'],
    port: ['22', '23'],
  });
});

test.each([
  [{ op: 'not', condition: { op: 'phrase', text: 'debug' } }],
  [{ op: 'equals', field: 'severity', value: 4 }],
  [{ op: 'equals', field: 'engine', value: 'main' }],
  [{ op: 'missing', field: 'user' }],
  [{ op: 'between', field: 'port', least: 1, greatest: 2 }],
  [{ op: 'regex', field: 'original_log', pattern: 'a.*b' }],
  [null],
])('nothing is marked for %j', (where) => {
  expect(marksOf(where)).toEqual({});
});

test('a short value is marked in its column only', () => {
  expect(marksOf({ op: 'equals', field: 'proto', value: 'ip' })).toEqual({ proto: ['ip'] });
});
