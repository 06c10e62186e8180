import { expect, test } from 'vitest';

import type { LogRow } from './log-row';
import { nextError, stepped } from './row-steps';

const ROWS: LogRow[] = [6, 3, null, 0, 7].map((severity, place) => ({ id: String(place), receivedAt: 0, values: { severity } }));

test.each([
  [-1, 1, 1],
  [1, 1, 3],
  [3, 1, null],
  [5, -1, 3],
  [3, -1, 1],
  [1, -1, null],
] as const)('the next error from %d by %d is %s', (from, step, place) => {
  expect(nextError(ROWS, from, step)).toBe(place);
});

test.each([
  [-1, 1, 0],
  [-1, -1, 4],
  [0, -1, 0],
  [0, 10, 4],
  [2, 1, 3],
] as const)('from %d by %d is %d', (from, by, place) => {
  expect(stepped(ROWS, from, by)).toBe(place);
});

test('without rows there is no place', () => {
  expect(stepped([], -1, 1)).toBeNull();
});
