import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { every } from '@/lib/query-client';
import type { Host } from '@/types/shapes';

/** The machine; only for people without a scope. */
export const hostQuery = queryOptions({
  queryKey: ['system', 'host'],
  queryFn: ({ signal }) => ask<Host>('GET', '/system/host', { signal }),
  refetchInterval: every(60_000),
});
