import { expect, test } from 'vitest';

import { bytesARow, estimateWords } from './estimate';

const ROW = { id: 'a.b.2026-11-20.1', received_at: 1, time: '2026-11-20T00:00:00', client: 'bü,ro', original_log: 'a "b"' };
const SEARCHED = { partitions: 1, searched: 1, damaged: {}, unknown_fields: [] };

test('a row takes what its format writes', () => {
  expect(bytesARow([ROW], 'raw', [])).toBe(6);
  // "bü,ro" is 6 bytes and 2 quotes; two line ends
  expect(bytesARow([ROW], 'csv', ['client'])).toBe(10);
  // "a ""b""" and "bü,ro", a comma
  expect(bytesARow([ROW], 'csv', ['client', 'original_log'])).toBe(8 + 9 + 3);
  expect(bytesARow([ROW], 'jsonl', ['client', 'gone'])).toBe('{"client":"bu,ro","gone":null}'.length + 2);
  expect(bytesARow([ROW], 'parquet', ['client'])).toBeCloseTo(1.5);
});

test('all columns are those that an export has', () => {
  const all = bytesARow([ROW], 'csv', []) ?? 0;
  expect(all).toBe(ROW.id.length + ROW.time.length + 8 + 9 + 4 + 1);
});

test('there is nothing to measure of no rows, and of a day file', () => {
  expect(bytesARow([], 'csv', [])).toBeNull();
  expect(bytesARow([ROW], 'db', [])).toBeNull();
});

test('the estimate says what is sure', () => {
  const found = { count: 1_284_003, exact: true, searched: SEARCHED };

  expect(estimateWords(found, 243)).toBe('1,284,003 rows, about 312 MB.');
  expect(estimateWords(found, null)).toBe('1,284,003 rows.');
  expect(estimateWords({ ...found, searched: { ...SEARCHED, cut: 'deadline' } }, 243)).toMatch(/^at least /);
  expect(estimateWords({ ...found, count: 0 }, 243)).toContain('empty');
});
