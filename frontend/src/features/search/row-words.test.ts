import { expect, test } from 'vitest';

import { ApiError } from '@/lib/api-error';
import type { Searched } from '@/types/shapes';

import type { RowsPage } from './api/get-rows';
import { damagedDays, faultOf, MOST_LOADED, rowsWords, stopWords } from './row-words';

const SEARCHED: Searched = { partitions: 30, searched: 14, damaged: {}, unknown_fields: [], cut: null };

function page(rows: number, after: string | null, searched: Partial<Searched> = {}): RowsPage {
  const row = { id: 'x', receivedAt: 0, values: {} };
  return { rows: Array.from({ length: rows }, () => row), after, searched: { ...SEARCHED, ...searched }, seconds: 0.08 };
}

test('rows are told with how far it was looked', () => {
  expect(rowsWords([page(200, 'next')], 'newest')).toBe(
    '200 rows loaded, the newest first · 0.08 s · more follow below · searched 14 of 30 days',
  );
  expect(rowsWords([page(200, 'next'), page(1, null)], 'oldest')).toBe('201 rows, the oldest first · 0.08 s · searched 30 of 30 days');
  expect(rowsWords([page(0, null, { partitions: null, searched: null })], 'newest')).toBe('0.08 s');
});

test('an answer that was cut says so', () => {
  expect(stopWords([page(3, 'next', { cut: 'deadline' })])).toBe(
    'The search stopped after 14 of 30 days, for its time was over. What was found until then is shown.',
  );
  expect(stopWords([page(200, 'next')])).toBeNull();
  expect(stopWords([page(200, null)])).toBeNull();
  expect(stopWords([page(MOST_LOADED, 'next')])).toContain('100,000 rows are shown');
});

test('days that cannot be read are named', () => {
  expect(damagedDays({ ...SEARCHED, damaged: { 'mikrotik.main.2026-11-20': 'not a database' } })).toEqual([
    'mikrotik.main.2026-11-20: not a database',
  ]);
});

test.each([
  [400, 'query', 'query.q', 'severity:>=warning', 3, { of: 'query', position: 3 }],
  [400, 'time_range', null, '"x" is no moment; there are: now', 0, { of: 'range', position: null }],
  [400, 'time_range', null, 'the time range ends (1) before it begins (2)', null, { of: 'range', position: null }],
  [422, 'invalid', 'query.since', 'too long', null, { of: 'range', position: null }],
] as const)('%s %s of %s', (status, code, field, message, position, expected) => {
  const error = new ApiError(status, { code, field, message, position, request_id: '' });

  expect(faultOf(error)).toMatchObject(expected);
});

test('what is not wrong with the question is no fault of it', () => {
  expect(faultOf(new ApiError(503, { code: 'time_limit', message: 'x', field: 'q', request_id: '' }))).toBeNull();
  expect(faultOf(new Error('x'))).toBeNull();
  expect(faultOf(null)).toBeNull();
});
