import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { PastSearch } from '@/types/shapes';

export const HISTORY_KEY = ['searches', 'history'] as const;

/** One's last 200 searches, the newest first. */
export const historyQuery = queryOptions({
  queryKey: HISTORY_KEY,
  queryFn: ({ signal }) => ask<PastSearch[]>('GET', '/searches/history', { signal }),
  staleTime: 0,
});
