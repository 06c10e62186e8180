import { expect, test } from 'vitest';

import { daysSearched, partWords } from './searched-words';

const WHOLE = { partitions: 30, searched: 30, cut: null, damaged: {}, unknown_fields: [] };

test('how many days were looked at, where that is told', () => {
  expect(daysSearched(WHOLE)).toBe('searched 30 of 30 days');
  expect(daysSearched({ ...WHOLE, partitions: 1, searched: 1 })).toBe('searched 1 of 1 day');
  expect(daysSearched({ ...WHOLE, partitions: 0, searched: 0 })).toBe('no day of this time is stored');
  expect(daysSearched({ ...WHOLE, partitions: null, searched: null })).toBeNull();
});

test('a whole answer is called nothing else', () => {
  expect(partWords(WHOLE)).toBeNull();
});

test('a cut answer and damaged days are said', () => {
  expect(partWords({ ...WHOLE, searched: 14, cut: 'deadline' })).toContain('after 14 of 30 days');
  expect(partWords({ ...WHOLE, cut: 'rows' })).toContain('in part');
  expect(partWords({ ...WHOLE, damaged: { 'mikrotik.main.2026-11-20': 'malformed' } })).toBe(
    '1 day cannot be read and is not counted: mikrotik.main.2026-11-20.',
  );
  expect(partWords({ ...WHOLE, damaged: { a: '', b: '', c: '', d: '' } })).toContain('4 days cannot be read and are');
});
