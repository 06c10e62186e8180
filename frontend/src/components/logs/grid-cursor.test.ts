import { expect, test } from 'vitest';

import type { LogRow } from '@/lib/log-row';

import { jumped, movedCursor, type Cursor } from './grid-cursor';

const ROWS: LogRow[] = [6, 6, 2, 6, 6].map((severity, place) => ({ id: String(place), receivedAt: 0, values: { severity } }));
const BOUNDS = { rows: ROWS, columns: 3, page: 2, hasHeadings: true };

const at = (place: number | null, column: number | null = null): Cursor => ({ place, column });

test.each([
  ['ArrowDown', at(null), at(0)],
  ['ArrowDown', at(0, 1), at(1, 1)],
  ['ArrowDown', at(4), at(4)],
  ['ArrowUp', at(2), at(1)],
  ['ArrowUp', at(0), at(-1, 0)],
  ['ArrowUp', at(0, 2), at(-1, 2)],
  ['ArrowUp', at(-1, 1), at(-1, 1)],
  ['ArrowDown', at(-1, 1), at(0, 1)],
  ['PageDown', at(0), at(2)],
  ['PageDown', at(4), at(4)],
  ['PageUp', at(1), at(0)],
  ['ArrowRight', at(0), at(0, 0)],
  ['ArrowRight', at(0, 2), at(0, 2)],
  ['ArrowLeft', at(0, 1), at(0, 0)],
  ['ArrowLeft', at(0, 0), at(0)],
  ['ArrowLeft', at(-1, 0), at(-1, 0)],
  ['Home', at(3, 2), at(3, 0)],
  ['End', at(3), at(3, 2)],
] as const)('%s from %j leads to %j', (key, from, to) => {
  expect(movedCursor(key, false, from, BOUNDS)).toEqual(to);
});

test('with Ctrl, Home and End are the first and the last row', () => {
  expect(movedCursor('Home', true, at(3, 1), BOUNDS)).toEqual(at(0, 1));
  expect(movedCursor('End', true, at(0), BOUNDS)).toEqual(at(4));
});

test('another key moves nothing', () => {
  expect(movedCursor('x', false, at(0), BOUNDS)).toBeNull();
});

test.each([
  ['j', null, 0],
  ['j', 3, 4],
  ['k', 1, 0],
  ['k', null, 4],
  ['g', 3, 0],
  ['G', 0, 4],
  ['e', null, 2],
  ['e', 2, null],
  ['E', 4, 2],
  ['E', null, 2],
] as const)('%s from %s leads to %s', (key, from, to) => {
  expect(jumped(key, at(from), ROWS)).toBe(to);
});

test('without rows no key leads anywhere', () => {
  expect(['j', 'k', 'g', 'G', 'e', 'E'].map((key) => jumped(key, at(null), []))).toEqual(Array(6).fill(null));
});
