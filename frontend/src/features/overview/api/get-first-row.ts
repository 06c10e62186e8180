import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { RowsFound } from '@/types/shapes';

/** The row that the first run waits for; asked again until it can be read. */
export const firstRowQuery = queryOptions({
  queryKey: ['logs', 'first-row'],
  queryFn: ({ signal }) => ask<RowsFound>('GET', '/logs?limit=1&order=oldest', { signal }),
  refetchInterval: ({ state }) => ((state.data?.rows.length ?? 0) === 0 ? 1_000 : false),
  staleTime: Infinity,
});
