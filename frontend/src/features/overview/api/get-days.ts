import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { every } from '@/lib/query-client';
import type { StoredDays } from '@/types/shapes';

/** The stored days: asked again and again only while there is no row yet. */
export const daysQuery = queryOptions({
  queryKey: ['days', 'all'],
  queryFn: ({ signal }) => ask<StoredDays>('GET', '/days', { signal }),
  refetchInterval: ({ state }) => every(state.data?.rows === 0 ? 3_000 : false)({ state }),
});
