import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Health } from '@/types/shapes';

/** What should be looked at; only for people without a scope. */
export const healthQuery = queryOptions({
  queryKey: ['system', 'health'],
  queryFn: ({ signal }) => ask<Health>('GET', '/system/health', { signal }),
  refetchInterval: 30_000,
});
