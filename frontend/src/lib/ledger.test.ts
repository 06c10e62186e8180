import { expect, test } from 'vitest';

import type { EngineSeen, Ledger } from '@/types/shapes';

import { balanceOf, lostOf, pulseOf, sumOf } from './ledger';

const ledger: Ledger = {
  offered: 110,
  kernel_dropped: 10,
  received: 100,
  stored: 90,
  refused: 4,
  empty: 1,
  dropped: { disk_full: 2, abandoned: 1 },
  in_flight: 2,
  unexplained: 0,
  truncated: 0,
};

test('what the kernel and the engine dropped is lost; what was refused is not', () => {
  expect(lostOf(balanceOf(ledger))).toBe(13);
});

test('the sum of engines has every term', () => {
  const sum = sumOf([balanceOf(ledger), balanceOf(ledger)]);

  expect(sum.offered).toBe(sum.stored + sum.refused + sum.empty + sum.dropped + sum.kernel + sum.inFlight);
});

test('an engine of which only clients are seen is counted, without figures', () => {
  const glimpse: EngineSeen = { engine: 'edge', state: 'running', clients: [], whole: false };

  expect(pulseOf({ edge: glimpse })).toMatchObject({ engines: 1, running: 1, receivedPerSecond: 0, counted: false });
});
