import { expect, test } from 'vitest';

import { palettes } from '@/config/tokens';

import { barsOf, BY_SEVERITY, PLAIN } from './bars-of';

const colours = palettes.light;

test('severities stand by their number, the worst at the bottom, with their own colours', () => {
  const found = { counts: [9], others: [0], series: [[6, [5]], [null, [1]], [3, [3]]] as [number | null, number[]][] };

  const bars = barsOf(found, BY_SEVERITY, colours);

  expect(bars.map(({ name }) => name)).toEqual(['err', 'info', 'none']);
  expect(bars.map(({ colour }) => colour)).toEqual([colours.severity[3], colours.severity[6], colours.rest]);
});

test('values stand as the API has them, what is missing and all others at the end of the colours', () => {
  const found = { counts: [9], others: [2], series: [['rtr\u001b[1m', [5]], [null, [2]]] as [string | null, number[]][] };

  const bars = barsOf(found, 'hostname', colours);

  expect(bars.map(({ name }) => name)).toEqual(['rtr\\u{1b}[1m', 'none', 'others']);
  expect(bars.map(({ values }) => values)).toEqual([[5], [2], [2]]);
});

test('plain bars are one series, and so are bars of nothing', () => {
  expect(barsOf({ counts: [1, 2], others: [], series: [] }, PLAIN, colours)).toEqual([
    { name: 'rows', colour: colours.accent, values: [1, 2] },
  ]);
  expect(barsOf({ counts: [], others: [], series: [] }, BY_SEVERITY, colours)[0]?.name).toBe('rows');
});
