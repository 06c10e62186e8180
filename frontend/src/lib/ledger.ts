/** The equation of the ledger: sums, and what of it is a loss. */
import type { EngineSeen, Ledger } from '@/types/shapes';

export interface Balance {
  offered: number;
  stored: number;
  refused: number;
  empty: number;
  dropped: number;
  kernel: number;
  inFlight: number;
  unexplained: number;
}

export function balanceOf(ledger: Ledger): Balance {
  return {
    offered: ledger.offered,
    stored: ledger.stored,
    refused: ledger.refused,
    empty: ledger.empty,
    dropped: Object.values(ledger.dropped).reduce((sum, each) => sum + each, 0),
    kernel: ledger.kernel_dropped,
    inFlight: ledger.in_flight,
    unexplained: ledger.unexplained,
  };
}

export const NOTHING: Balance = {
  offered: 0,
  stored: 0,
  refused: 0,
  empty: 0,
  dropped: 0,
  kernel: 0,
  inFlight: 0,
  unexplained: 0,
};

export function sumOf(balances: Balance[]): Balance {
  return balances.reduce(
    (sum, each) => ({
      offered: sum.offered + each.offered,
      stored: sum.stored + each.stored,
      refused: sum.refused + each.refused,
      empty: sum.empty + each.empty,
      dropped: sum.dropped + each.dropped,
      kernel: sum.kernel + each.kernel,
      inFlight: sum.inFlight + each.inFlight,
      unexplained: sum.unexplained + each.unexplained,
    }),
    NOTHING,
  );
}

/** What arrived at this machine and is not stored although it should be; refused and empty ones are no loss. */
export function lostOf(balance: Balance): number {
  return balance.dropped + balance.kernel + Math.max(0, balance.unexplained);
}

export interface Pulse {
  engines: number;
  running: number;
  /** Whether the figures of the engines are told at all. */
  seesWhole: boolean;
  receivedPerSecond: number;
  storedPerSecond: number;
  lost: number;
  /** Whether there is a ledger that `lost` is from. */
  counted: boolean;
}

/** All engines in one breath, for the line at the top. */
export function pulseOf(engines: Record<string, EngineSeen>): Pulse {
  const seen = Object.values(engines);
  const whole = seen.filter((each) => each.whole);
  const ledgers = whole.flatMap((each) => (each.ledger ? [balanceOf(each.ledger)] : []));
  return {
    engines: seen.length,
    running: seen.filter((each) => each.state === 'running').length,
    seesWhole: seen.length === 0 || whole.length > 0,
    receivedPerSecond: whole.reduce((sum, each) => sum + (each.rates?.received_per_second ?? 0), 0),
    storedPerSecond: whole.reduce((sum, each) => sum + (each.rates?.stored_per_second ?? 0), 0),
    lost: lostOf(sumOf(ledgers)),
    counted: ledgers.length > 0,
  };
}
