import { expect, test } from 'vitest';

import { fieldsOf, jsonOf, matching } from './row-fields';

const ROW = {
  id: 'c.e.2026-11-20.1',
  receivedAt: 5,
  values: { class: 'c', engine: 'e', day: '2026-11-20', port: 80, client: 'office', severity: 3, user: null, original_log: 'x' },
};

test('what was asked for comes first, where it was found last', () => {
  expect(fieldsOf(ROW, ['port', 'gone', 'original_log']).map(({ name }) => name)).toEqual([
    'port',
    'severity',
    'client',
    'user',
    'class',
    'engine',
    'day',
  ]);
});

test('a text finds names and values', () => {
  expect(matching(fieldsOf(ROW), 'OFF').map(({ name }) => name)).toEqual(['client']);
  expect(matching(fieldsOf(ROW), '80').map(({ name }) => name)).toEqual(['port']);
  expect(matching(fieldsOf(ROW), ' ')).toHaveLength(7);
});

test('a row as JSON has its id and everything in it', () => {
  expect(JSON.parse(jsonOf(ROW))).toMatchObject({ id: ROW.id, received_at: 5, port: 80, original_log: 'x' });
});
