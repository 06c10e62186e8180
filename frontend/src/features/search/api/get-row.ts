import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { rowOf, type RowObject } from '@/lib/rows';

/** One row by its id: a link may name one that is not among those that are loaded. */
export function rowQuery(id: string) {
  return queryOptions({
    queryKey: ['logs', 'row', id],
    queryFn: async ({ signal }) => rowOf(await ask<RowObject>('GET', `/logs/${encodeURIComponent(id)}`, { signal })),
    staleTime: Infinity,
  });
}
