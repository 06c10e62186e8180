import { expect, test } from 'vitest';

import { queryCommand, rowCommand } from './query-command';

test('the same question for a terminal', () => {
  const command = queryCommand({
    q: 'pppoe:abc* "login failed"',
    range: { since: '-2h', until: null },
    engines: ['main'],
    classes: ['mikrotik'],
    columns: ['time', 'pppoe'],
    order: 'oldest',
  });

  expect(command).toBe(
    `syslogger query 'pppoe:abc* "login failed"' --since -2h --engine main --class mikrotik --columns time,pppoe --oldest`,
  );
});

test('a query that looks like an option is none', () => {
  expect(queryCommand({ q: '-severity:debug' })).toBe('syslogger query -- -severity:debug');
});

test('instants are written as people read them, to the microsecond', () => {
  const range = { since: '1732104000123456', until: '2024-11-20 14:00' };
  expect(queryCommand({ range })).toBe(`syslogger query --since 2024-11-20T12:00:00.123456Z --until '2024-11-20 14:00'`);
});

test('what is followed has no range and no order', () => {
  const asked = { q: 'a', range: { since: '-1h', until: null }, order: 'oldest' as const };
  expect(queryCommand(asked, { follow: true })).toBe('syslogger query a --follow');
});

test('one row', () => {
  expect(rowCommand('mikrotik.main.2026-11-20.7')).toBe('syslogger query --row mikrotik.main.2026-11-20.7');
});
