import { expect, test } from 'vitest';

import { addCondition, conditionOf, quoteValue } from './query-text';

test.each([
  ['abc', 'abc'],
  ['10.1.2.3', '10.1.2.3'],
  ['core-1', 'core-1'],
  ['Großmutter', 'Großmutter'],
  ['Anna Maria', '"Anna Maria"'],
  ['a..b', '"a..b"'],
  ['-5', '"-5"'],
  ['AND', '"AND"'],
  ['', '""'],
  ['a*', '"a*"'],
  ['/var/log', '"/var/log"'],
  ['say "hi" \\o/', '"say \\"hi\\" \\\\o/"'],
  ['a\tb\u001b[31m', '"a\\u{9}b\\u{1b}[31m"'],
  ['\u202eevil', '"\\u{202e}evil"'],
  ['::1', '"::1"'],
])('%j is written %s', (value, text) => {
  expect(quoteValue(value)).toBe(text);
});

test.each([
  ['log_sender_ip', '10.1.2.3', 'sender:10.1.2.3'],
  ['severity', 4, 'severity:warning'],
  ['severity', 9, 'severity:"9"'],
  ['severity', 'info', 'severity:info'],
  ['facility', 16, 'facility:local0'],
  ['destination_port', 443, 'destination_port:443'],
  ['pppoe', null, '-pppoe:*'],
  ['user', 'OR', 'user:"OR"'],
])('%s of %j', (field, value, condition) => {
  expect(conditionOf(field, value)).toBe(condition);
});

test('of a long value its beginning is asked for', () => {
  const condition = conditionOf('original_log', 'x'.repeat(9_000));

  expect(condition).toBe(`original_log:"${'x'.repeat(2_000)}"*`);
});

test.each([
  ['', 'for', 'user:anna'],
  ['', 'out', '-user:anna'],
  ['login', 'for', 'login user:anna'],
  ['login', 'new', 'user:anna'],
  ['a OR b', 'for', '(a OR b) user:anna'],
  ['(a OR b)', 'out', '(a OR b) -user:anna'],
  ['login user:anna', 'for', 'login user:anna'],
  ['login user:anna', 'out', 'login -user:anna'],
  ['-user:anna login', 'for', 'login user:anna'],
  ['-user:anna', 'for', 'user:anna'],
  ['user:annabel', 'for', 'user:annabel user:anna'],
  ['NOT user:anna', 'for', 'NOT user:anna user:anna'],
  ['x AND user:anna', 'out', 'x AND user:anna -user:anna'],
  ['-(user:anna x)', 'out', '-(user:anna x) -user:anna'],
] as const)('%j %s', (query, how, expected) => {
  expect(addCondition(query, 'user', 'anna', how)).toBe(expected);
});

test('without a value is the opposite of with any', () => {
  expect(addCondition('', 'user', null, 'for')).toBe('-user:*');
  expect(addCondition('', 'user', null, 'out')).toBe('user:*');
});
