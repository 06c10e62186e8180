/** The ledger by step: what became of the messages of each, and of all of them together. */
import { droppedIn } from '@/lib/chart-history';
import { lostOf, sumOf, type Balance } from '@/lib/ledger';
import type { LedgerHistory, LedgerSeries } from '@/types/shapes';

export interface LedgerStep {
  /** Its beginning, ms since the epoch. */
  at: number;
  balance: Balance;
}

export type StepState = 'nothing' | 'balanced' | 'lost' | 'unexplained';

/** A minute that began before the range is not counted in it, so it is left out. */
export function ledgerSteps(history: LedgerHistory): LedgerStep[] {
  const since = history.step === '1m' ? (history.searched.since ?? 0) : 0;
  const steps = history.starts.map((start, place) => ({
    at: start / 1_000,
    balance: sumOf(history.series.map((series) => balanceIn(series, place))),
  }));
  return steps.filter((step) => step.at * 1_000 >= since);
}

export function balanceOfSteps(steps: readonly LedgerStep[]): Balance {
  return sumOf(steps.map((step) => step.balance));
}

/**
 * `inFlight` is what was on its way more at the end than at the beginning: less than nothing where messages were
 * stored that had arrived before. `unexplained` is the engine's own count, and no rest of a subtraction.
 */
function balanceIn(series: LedgerSeries, place: number): Balance {
  const of = (name: string) => series.counts[name]?.[place] ?? 0;
  const balance = {
    offered: of('offered'),
    stored: of('stored'),
    refused: of('refused'),
    empty: of('empty'),
    dropped: droppedIn(series, place),
    kernel: of('kernel_dropped'),
    unexplained: of('unexplained'),
  };
  const { offered, ...terms } = balance;
  return { ...balance, inFlight: offered - Object.values(terms).reduce((sum, each) => sum + each, 0) };
}

export function stateOf(balance: Balance): StepState {
  if (balance.unexplained !== 0) return 'unexplained';
  if (lostOf(balance) > 0) return 'lost';
  return balance.offered === 0 ? 'nothing' : 'balanced';
}

/** `60 minutes: 57 without a loss, 2 with losses, 1 that does not balance`. */
export function stepsWords(steps: readonly LedgerStep[], stepWords: string): string {
  if (steps.length === 0) return 'Nothing has been counted yet.';
  const states = steps.map((step) => stateOf(step.balance));
  const of = (state: StepState) => states.filter((each) => each === state).length;
  const parts = [
    [of('balanced'), 'without a loss'],
    [of('nothing'), 'with no message'],
    [of('lost'), 'with losses'],
    [of('unexplained'), of('unexplained') === 1 ? 'that does not balance' : 'that do not balance'],
  ] as const;
  const told = parts.filter(([count]) => count > 0).map(([count, words]) => `${count} ${words}`);
  const many = stepWords === 'minute' ? `The last ${steps.length} minutes` : `${steps.length} steps of ${stepWords}`;
  return `${many}: ${told.join(', ')}.`;
}

/** How many were dropped for each reason, in all steps together. */
export function reasonsOf(history: LedgerHistory): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [reason, counts] of history.series.flatMap((series) => Object.entries(series.dropped ?? {}))) {
    sums[reason] = counts.reduce((sum, each) => sum + each, sums[reason] ?? 0);
  }
  return sums;
}
