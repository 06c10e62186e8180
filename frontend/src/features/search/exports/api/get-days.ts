import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { StoredDays } from '@/types/shapes';

/** The days that are stored, for whoever takes one home whole. */
export const storedDaysQuery = queryOptions({
  queryKey: ['days', 'all'],
  queryFn: ({ signal }) => ask<StoredDays>('GET', '/days', { signal }),
  staleTime: 30_000,
});
