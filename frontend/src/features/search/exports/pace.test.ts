import { expect, test } from 'vitest';

import { played } from './played-export';
import { Paces, paceOf } from './pace';

test('rate and time left come from the last seconds', () => {
  const samples = [
    { at: 100, rows: 0, bytes: 0, percent: 0 },
    { at: 110, rows: 50_000, bytes: 5_000_000, percent: 25 },
  ];

  expect(paceOf(samples)).toEqual({ rowsPerSecond: 5_000, bytesPerSecond: 500_000, secondsLeft: 30 });
});

test('nothing is said of one look, and no time where nothing moved', () => {
  const one = { at: 100, rows: 10, bytes: 10, percent: 1 };

  expect(paceOf([one])).toBeNull();
  expect(paceOf([one, { ...one, at: 105 }])).toMatchObject({ rowsPerSecond: 0, secondsLeft: null });
});

test('what is long ago, and what is not made any more, is forgotten', () => {
  const paces = new Paces();
  const at = (rows: number, percent: number) => ({ ...played, state: 'running' as const, rows, percent });

  expect(paces.note(at(0, 0), 0)).toBeNull();
  expect(paces.note(at(1_000, 10), 10)?.rowsPerSecond).toBe(100);
  expect(paces.note(at(1_000, 10), 25)?.rowsPerSecond).toBe(0);
  expect(paces.note({ ...played, state: 'done' }, 26)).toBeNull();
  expect(paces.note(at(1_000, 10), 27)).toBeNull();
});
