import { expect, test } from 'vitest';

import { approximateWords, linesOf, moreThan, percent, valueWords } from './shares';

const SEARCHED = { partitions: 1, searched: 1, cut: null, damaged: {}, unknown_fields: [] };
const FACET = { field: 'client', values: [['a', 60], [null, 30]] as [string | null, number][], distinct: 9, approximate: false };

test('shares are of all rows that were looked at', () => {
  const lines = linesOf(FACET, { rows: 120, searched: SEARCHED });

  expect(lines.map(({ words, share, length }) => [words, share, length])).toEqual([
    ['a', 0.5, 0.5],
    ['no value', 0.25, 0.25],
  ]);
});

test('exact counts beside a cut answer are of more rows than it names: no share is said', () => {
  const cut = { rows: 20, searched: { ...SEARCHED, cut: 'rows' as const } };

  expect(linesOf(FACET, cut).map(({ share, length }) => [share, length])).toEqual([
    [null, 1],
    [null, 0.5],
  ]);
  expect(linesOf({ ...FACET, distinct: 2 }, cut)[0]?.share).toBeCloseTo(2 / 3);
});

test('there are no rows, and no division by them', () => {
  expect(linesOf({ ...FACET, values: [['a', 0]] }, { rows: 0, searched: SEARCHED })[0]).toMatchObject({ share: null, length: 0 });
});

test('values in words', () => {
  expect(valueWords('severity', 3)).toBe('err');
  expect(valueWords('port', 443)).toBe('443');
  expect(valueWords('user', '')).toBe('empty text');
  expect(valueWords('user', 'a\u202eb')).toBe('a\\u{202e}b');
});

test('what is there is not 0 %, what is not all is not 100 %', () => {
  expect([0, 0.001, 0.314, 0.999, 1].map(percent)).toEqual(['0 %', '<1 %', '31 %', '>99 %', '100 %']);
});

test('more values are offered while there are more', () => {
  expect(moreThan(FACET, 10)).toBe(50);
  expect(moreThan({ ...FACET, distinct: 2 }, 10)).toBeNull();
  expect(moreThan({ ...FACET, distinct: null }, 10)).toBeNull();
  expect(moreThan({ ...FACET, distinct: 5_000 }, 1_000)).toBeNull();
});

test('what is approximate says why', () => {
  const found = { rows: 2_000_000, searched: SEARCHED };
  const facet = { ...FACET, approximate: true };

  expect(approximateWords(FACET, found)).toBeNull();
  expect(approximateWords(facet, { ...found, searched: { ...SEARCHED, cut: 'rows' } })).toBe('Approximate: of the newest 2,000,000 rows.');
  expect(approximateWords(facet, { ...found, searched: { ...SEARCHED, cut: 'deadline' } })).toContain('the time was over');
  expect(approximateWords(facet, { ...found, searched: { ...SEARCHED, damaged: { a: 'x' } } })).toContain('cannot be read');
  expect(approximateWords(facet, found)).toContain('more values');
});
