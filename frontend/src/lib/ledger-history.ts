/** The ledger by step of time: charts of every page begin with it, the overview shows it. */
import { queryOptions } from '@tanstack/react-query';

import type { LedgerHistory } from '@/types/shapes';

import { ask } from './api-client';
import { every } from './query-client';

const EVERY_MS = 60_000;

interface Asked {
  /** As docs/query.md takes it: `-1h`. */
  since: string;
  /** `1m` is the shortest that the ledger has. */
  step: string;
  /** Of one engine only. */
  engine?: string;
}

export function ledgerHistoryQuery({ since, step, engine }: Asked) {
  const asked = new URLSearchParams({ since, step, ...(engine === undefined ? {} : { engine }) });
  return queryOptions({
    queryKey: ['ledger', 'history', asked.toString()],
    queryFn: ({ signal }) => ask<LedgerHistory>('GET', `/ledger/history?${asked.toString()}`, { signal }),
    refetchInterval: every(EVERY_MS),
    staleTime: EVERY_MS,
  });
}
