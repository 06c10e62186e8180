/** The ledger of the chosen time: live since the engines' starts, or summed up from its steps. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useSearchParams } from 'react-router';

import { ledgerHistoryQuery } from '@/lib/ledger-history';
import { balanceOf, sumOf, type Balance } from '@/lib/ledger';
import type { Reasons } from '@/lib/ledger-words';
import type { EngineSeen, Ledger } from '@/types/shapes';

import { ledgerQuery } from './api/get-ledger';
import { balanceOfSteps, ledgerSteps, reasonsOf, type LedgerStep } from './ledger-steps';
import type { EnginesNow } from './use-engines';
import { rangeOf, withRange, type LedgerRange, type RangeKey } from './ranges';

export interface LedgerNow {
  range: LedgerRange;
  choose: (key: RangeKey) => void;
  /** null: not known yet. */
  balance: Balance | null;
  reasons: Reasons;
  steps: LedgerStep[] | null;
  error: Error | null;
  /** Whatever is chosen. */
  sinceStart: Balance | null;
}

export function useLedger({ live, seesWhole }: Pick<EnginesNow, 'live' | 'seesWhole'>): LedgerNow {
  const [address, setAddress] = useSearchParams();
  const range = rangeOf(address);
  const totals = useQuery({ ...ledgerQuery, ...(live === null ? {} : { refetchInterval: false as const }) });
  const history = useQuery({ ...ledgerHistoryQuery({ since: range.since, step: range.step }), enabled: seesWhole });
  const steps = useMemo(() => (history.data === undefined ? null : ledgerSteps(history.data)), [history.data]);
  const ledgers = live === null ? (totals.data === undefined ? null : [totals.data.total]) : ledgersOf(live);
  const sinceStart = ledgers === null ? null : sumOf(ledgers.map(balanceOf));
  const isSinceStart = range.key === 'start';
  return {
    range,
    choose: (key) => setAddress(withRange(address, key), { replace: true }),
    balance: isSinceStart ? sinceStart : steps === null ? null : balanceOfSteps(steps),
    reasons: isSinceStart ? totalReasons(ledgers ?? []) : history.data === undefined ? {} : reasonsOf(history.data),
    steps,
    error: history.error ?? (live === null ? totals.error : null),
    sinceStart,
  };
}

function ledgersOf(live: Record<string, EngineSeen>): Ledger[] {
  return Object.values(live).flatMap((each) => (each.whole && each.ledger ? [each.ledger] : []));
}

function totalReasons(ledgers: readonly Ledger[]): Reasons {
  const sums: Record<string, number> = {};
  for (const [reason, number] of ledgers.flatMap((ledger) => Object.entries(ledger.dropped))) {
    sums[reason] = (sums[reason] ?? 0) + number;
  }
  return sums;
}
