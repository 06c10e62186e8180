import { expect, test } from 'vitest';

import type { LedgerHistory } from '@/types/shapes';

import { balanceOfSteps, ledgerSteps, reasonsOf, stateOf, stepsWords } from './ledger-steps';

const history: LedgerHistory = {
  step: '1m',
  starts: [60_000_000, 120_000_000],
  series: [
    {
      engine: 'mikrotik/edge',
      counts: { offered: [100, 50], kernel_dropped: [1, 0], stored: [90, 58], refused: [1, 0], empty: [0, 0], unexplained: [0, 0] },
      dropped: { paused: [0, 0], no_space: [0, 2] },
    },
    { engine: 'word/core', counts: { offered: [5, 0], stored: [5, 0] }, dropped: {} },
  ],
  searched: { partitions: 1, searched: 1, unknown_fields: [] },
};

test('steps are of all engines, and every term is in the equation', () => {
  const steps = ledgerSteps(history);

  expect(steps.map((step) => step.at)).toEqual([60_000, 120_000]);
  expect(steps[0]?.balance).toMatchObject({ offered: 105, stored: 95, kernel: 1, refused: 1, inFlight: 8 });
  for (const { balance } of steps) {
    const { offered, ...terms } = balance;
    expect(Object.values(terms).reduce((sum, each) => sum + each, 0)).toBe(offered);
  }
});

test('a minute that began before the range is left out', () => {
  const searched = { ...history.searched, since: 90_000_000 };

  expect(ledgerSteps({ ...history, searched }).map((step) => step.at)).toEqual([120_000]);
});

test('what was stored of an earlier step is less than nothing in flight, and adds up over all', () => {
  const steps = ledgerSteps(history);

  expect(steps[1]?.balance).toMatchObject({ stored: 58, dropped: 2, inFlight: -10 });
  expect(balanceOfSteps(steps).inFlight).toBe(-2);
});

test('a step has a state, and the states a sentence', () => {
  const lost = { at: 0, balance: { ...balanceOfSteps([]), offered: 2, stored: 1, kernel: 1 } };
  const nothing = { at: 0, balance: balanceOfSteps([]) };
  const unexplained = { at: 0, balance: { ...lost.balance, unexplained: -1 } };

  expect(stateOf(lost.balance)).toBe('lost');
  expect(stateOf(unexplained.balance)).toBe('unexplained');
  expect(stepsWords([nothing, lost, unexplained], 'minute')).toBe(
    'The last 3 minutes: 1 with no message, 1 with losses, 1 that does not balance.',
  );
});

test('before the first step there is nothing to sum up', () => {
  expect(stepsWords([], 'minute')).toBe('Nothing has been counted yet.');
});

test('longer steps are called so', () => {
  expect(stepsWords(ledgerSteps(history), '15 minutes')).toBe('2 steps of 15 minutes: 2 with losses.');
});

test('drops have their reasons', () => {
  expect(reasonsOf(history)).toEqual({ paused: 0, no_space: 2 });
});
