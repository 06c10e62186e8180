import { expect, test } from 'vitest';

import type { LedgerHistory } from '@/types/shapes';

import { columnsOf, joined, minutesOf, sumOfMoments, type Moment } from './chart-history';

const moment = (at: number, received: number, seconds?: number): Moment => ({
  at,
  received,
  stored: 0,
  refused: 0,
  dropped: 0,
  kernel: 0,
  ...(seconds === undefined ? {} : { seconds }),
});

const history: LedgerHistory = {
  step: '1m',
  starts: [0, 60_000_000],
  series: [
    { engine: 'a/x', counts: { received: [60, 120], kernel_dropped: [6, 0] }, dropped: { paused: [0, 30], no_space: [0, 30] } },
    { engine: 'a/y', counts: { received: [60, 0] }, dropped: {} },
  ],
  searched: { partitions: 1, searched: 1, unknown_fields: [] },
};

test('minutes of the ledger are rates of all series together', () => {
  const [one, other] = minutesOf(history);

  expect(one).toMatchObject({ at: 30_000, seconds: 60, received: 2, kernel: 0.1, dropped: 0, stored: 0 });
  expect(other).toMatchObject({ at: 90_000, received: 2, dropped: 1 });
});

test('minutes stand where no second was heard, and the minute that runs is left out', () => {
  const minutes = [moment(30_000, 1, 60), moment(90_000, 2, 60), moment(150_000, 3, 60)];
  const live = [moment(100_000, 20)];

  expect(joined(live, minutes, 0, 160_000).map((each) => each.received)).toEqual([1, 20]);
  expect(joined([], minutes, 0, 180_000).map((each) => each.received)).toEqual([1, 2, 3]);
  expect(joined(live, [], 110_000, 180_000)).toEqual([]);
});

test('a line is broken where nothing was heard, and not between minutes', () => {
  const columns = columnsOf([moment(30_000, 1, 60), moment(90_000, 2, 60), moment(121_000, 3), moment(122_000, 4), moment(140_000, 5)]);

  expect(columns.values.received).toEqual([1, 2, 3, 4, null, 5]);
  expect(columns.times).toHaveLength(6);
});

test('a sum has every measure', () => {
  expect(sumOfMoments([moment(1, 2), { ...moment(1, 3), kernel: 4 }], 9)).toEqual({ ...moment(9, 5), kernel: 4 });
});
