import { expect, test } from 'vitest';

import { shellLine, shellQuote } from './shell-quote';

test.each([
  ['syslogger', 'syslogger'],
  ['--since', '--since'],
  ['', "''"],
  ['a b', "'a b'"],
  ["it's", `'it'\\''s'`],
  ['$(rm -rf ~)', "'$(rm -rf ~)'"],
  ['`x`;|&<>*?[]{}!#\\"', `'\`x\`;|&<>*?[]{}!#\\"'`],
  ['two\nlines', "'two\nlines'"],
  ['pppoe:abc*', "'pppoe:abc*'"],
  ['~', "'~'"],
])('%j is %j', (word, quoted) => {
  expect(shellQuote(word)).toBe(quoted);
});

test('a line is words with blanks', () => {
  expect(shellLine(['syslogger', 'query', 'login failed', '--since', '-2h'])).toBe("syslogger query 'login failed' --since -2h");
});
