import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { SavedSearch } from '@/types/shapes';

export const SEARCHES_KEY = ['searches', 'saved'] as const;

/** One's own, and those that others share. */
export const searchesQuery = queryOptions({
  queryKey: SEARCHES_KEY,
  queryFn: ({ signal }) => ask<SavedSearch[]>('GET', '/searches', { signal }),
});
