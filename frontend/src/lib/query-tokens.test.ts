import { expect, test } from 'vitest';

import { isLoose, listAt, tokensOf } from './query-tokens';

function kinds(text: string): string[] {
  return tokensOf(text).map((token) => `${token.kind} ${token.text}`);
}

test.each([
  ['', []],
  ['login failed', ['line login', 'line failed']],
  ['"login failed" OR (a -b)', ['line "login failed"', 'or OR', 'open (', 'line a', 'minus -', 'line b', 'close )']],
  ['a AND NOT b and', ['line a', 'and AND', 'not NOT', 'line b', 'line and']],
  ['sender:10.1.2.3', ['field sender:', 'value 10.1.2.3']],
  ['-severity:debug', ['minus -', 'field severity:', 'value debug']],
  ['port:(22 "23")', ['field port:', 'open (', 'value 22', 'value "23"', 'close )']],
  ['f:AND f:-5', ['field f:', 'value AND', 'field f:', 'value -5']],
  ['aa:bb:cc:dd:ee:ff ::1', ['line aa:bb:cc:dd:ee:ff', 'line ::1']],
  ['/a b\\/c/ f:/x y/', ['line /a b\\/c/', 'field f:', 'value /x y/']],
  ['user:"Anna M"* f:*"x y"*', ['field user:', 'value "Anna M"*', 'field f:', 'value *"x y"*']],
  ['a->b -> c', ['line a->b', 'line ->', 'line c']],
  ['a\\ b c\\"', ['line a\\ b', 'line c\\"']],
  ['user:', ['line user:']],
  ['a "open quotes', ['line a', 'unfinished "open quotes']],
  ['f:"x y', ['field f:', 'unfinished "x y']],
  ['f(x)', ['unfinished f(x', 'close )']],
])('%s', (text, expected) => {
  expect(kinds(text)).toEqual(expected);
});

test('a value knows its field, also in a list', () => {
  expect(tokensOf('port:(22 23) x').map(({ of }) => of)).toEqual([null, 'port', 'port', 'port', 'port', null]);
});

test('the list that is open at a place', () => {
  const text = 'port:(22 23) (x ';

  expect(listAt(tokensOf(text), 6)).toBe('port');
  expect(listAt(tokensOf(text), 9)).toBe('port');
  expect(listAt(tokensOf(text), 12)).toBeNull();
  expect(listAt(tokensOf(text), text.length)).toBeNull();
});

test('alternatives bind weaker than what is added', () => {
  expect(isLoose(tokensOf('a OR b'))).toBe(true);
  expect(isLoose(tokensOf('(a OR b) c'))).toBe(false);
  expect(isLoose(tokensOf('a or b "x OR y"'))).toBe(false);
});

test('a long text takes no time', () => {
  const begun = process.cpuUsage();
  tokensOf('"'.repeat(10_000));
  tokensOf('a:('.repeat(3_000));
  tokensOf('\\'.repeat(9_999));

  const { user, system } = process.cpuUsage(begun);
  expect((user + system) / 1_000).toBeLessThan(2_000);
});
