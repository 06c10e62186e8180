import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Totals } from '@/types/shapes';

/** What became of every message since the engines' starts. */
export const ledgerQuery = queryOptions({
  queryKey: ['ledger'],
  queryFn: ({ signal }) => ask<Totals>('GET', '/ledger', { signal }),
  refetchInterval: 5_000,
});
