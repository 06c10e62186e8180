import { expect, test } from 'vitest';

import { completed, completingAt, fieldSuggestions, namedSuggestions, unitsOf, valueSuggestions, type Completing } from './query-completion';

/** The caret is where the bar stands. */
function at(text: string): Completing | null {
  const caret = text.indexOf('|');
  return completingAt(text.replace('|', ''), caret);
}

test.each([
  ['|', 'field', '', ''],
  ['sev|', 'field', '', 'sev'],
  ['-sev|', 'field', '', 'sev'],
  ['-|', 'field', '', ''],
  ['(se|', 'field', '', 'se'],
  ['login |', 'field', '', ''],
  ['se|verity:info', 'field', '', 'se'],
  ['severity:|', 'value', 'severity', ''],
  ['severity:|info', 'value', 'severity', ''],
  ['severity:wa|', 'value', 'severity', 'wa'],
  ['severity:>=wa|', 'value', 'severity', 'wa'],
  ['user:"Anna M|', 'value', 'user', 'Anna M'],
  ['user:an*|', 'value', 'user', 'an'],
  ['port:(22 4|', 'value', 'port', '4'],
  ['port:(|', 'value', 'port', ''],
  ['port:(22 |', 'value', 'port', ''],
  ['host:core\\-1|', 'value', 'host', 'core-1'],
])('%s', (text, kind, field, prefix) => {
  expect(at(text)).toMatchObject({ kind, field, prefix });
});

test.each(['"log|', '10.1|', '/re|', 'user:/re|', 'user:*a|', 'port:>=10|', 'user:"anna"|'])('%s is not completed', (text) => {
  expect(at(text)).toBeNull();
});

test('a choice takes the place of what was typed, and leaves the rest', () => {
  const choose = (text: string, choice: string) => {
    const caret = text.indexOf('|');
    const plain = text.replace('|', '');
    const completing = completingAt(plain, caret);
    if (completing === null) throw new Error('nothing to complete');
    const made = completed(plain, completing, { label: choice, text: choice, note: '' });
    return `${made.text.slice(0, made.caret)}|${made.text.slice(made.caret)}`;
  };

  expect(choose('a sev|', 'severity:')).toBe('a severity:|');
  expect(choose('a se|verity:info', 'facility:')).toBe('a facility:|info');
  expect(choose('severity:wa| b', 'warning')).toBe('severity:warning |b');
  expect(choose('severity:>=wa|', 'warning')).toBe('severity:>=warning |');
  expect(choose('port:(22 4|)', '443')).toBe('port:(22 443|)');
  expect(choose('user:"Anna M|', '"Anna Maria"')).toBe('user:"Anna Maria" |');
});

test('fields that begin so come first', () => {
  const names = fieldSuggestions({ user_ip: 'TEXT', log_sender_ip: 'TEXT', nat_user: 'TEXT', user_port: 'INTEGER' }, 'us');

  expect(names.map(({ label, note }) => `${label} ${note}`)).toEqual(['user_ip text', 'user_port number', 'nat_user text']);
  expect(fieldSuggestions({ log_sender_ip: 'TEXT' }, 'sender').map(({ text }) => text)).toEqual(['sender:']);
});

test('severities have names, other fields are asked for', () => {
  expect(namedSuggestions('severity', 'w')?.map(({ text }) => text)).toEqual(['warning']);
  expect(namedSuggestions('severity', '4')?.map(({ text }) => text)).toEqual(['warning']);
  expect(namedSuggestions('user', 'w')).toBeNull();
});

test('values are quoted where they have to be', () => {
  expect(valueSuggestions([['Anna Maria', 3], [443, 1]], String)).toEqual([
    { label: 'Anna Maria', text: '"Anna Maria"', note: '3' },
    { label: '443', text: '443', note: '1' },
  ]);
});

test('a place in characters is found in units', () => {
  expect(unitsOf('a😀b', 2)).toBe(3);
  expect(unitsOf('ab', 9)).toBe(2);
});
