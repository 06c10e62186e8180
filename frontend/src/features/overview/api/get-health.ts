import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { every } from '@/lib/query-client';
import type { Health } from '@/types/shapes';

/** What should be looked at; only for people without a scope. */
export const healthQuery = queryOptions({
  queryKey: ['system', 'health'],
  queryFn: ({ signal }) => ask<Health>('GET', '/system/health', { signal }),
  refetchInterval: every(30_000),
});
