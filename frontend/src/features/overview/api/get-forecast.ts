import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { every } from '@/lib/query-client';
import type { Forecast } from '@/types/shapes';

/** What a day takes, and when the disk is full: it is counted from days, so minutes do not change it. */
export const forecastQuery = queryOptions({
  queryKey: ['days', 'forecast'],
  queryFn: ({ signal }) => ask<Forecast>('GET', '/days/forecast', { signal }),
  refetchInterval: every(300_000),
  staleTime: 60_000,
});
