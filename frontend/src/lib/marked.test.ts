import { expect, test } from 'vitest';

import { markerOf } from './marked';

function shown(marks: Parameters<typeof markerOf>[0], column: string, text: string): string {
  return markerOf(marks)(column, text)
    .map((piece) => (piece.isHit ? `[${piece.text}]` : piece.text))
    .join('');
}

test.each([
  [undefined, 'login failed', 'login failed'],
  [{}, 'login failed', 'login failed'],
  [{ '*': ['login'] }, 'Login, LOGIN', '[Login], [LOGIN]'],
  [{ user: ['root'] }, 'root', '[root]'],
  [{ other: ['root'] }, 'root', 'root'],
  [{ '*': ['fail', 'failed'] }, 'failed', '[failed]'],
  [{ '*': ['a.b', '(x)', '$', '/', '-'] }, 'a.b acb (x) $ / -', '[a.b] acb [(x)] [$] [/] [-]'],
  [{ '*': [''] }, 'abc', 'abc'],
  [{ '*': ['x'] }, '', ''],
])('with %j, %j is %j', (marks, text, words) => {
  expect(shown(marks, 'user', text)).toBe(words);
});

test('what is unseen is written out, within a hit and outside', () => {
  expect(shown({ '*': ['b\tc'] }, 'x', '\u001b[1mb\tc')).toBe('\\u{1b}[1m[b\\tc]');
});

test('a letter that has another length in the other case does not move the marks', () => {
  expect(shown({ '*': ['abc'] }, 'x', 'İİ abc')).toBe('İİ [abc]');
});
