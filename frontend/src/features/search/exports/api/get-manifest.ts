import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { ExportManifest } from '@/types/shapes';

/** What is in an export that is done. It does not change any more. */
export function manifestQuery(id: string) {
  return queryOptions({
    queryKey: ['exports', id, 'manifest'],
    queryFn: ({ signal }) => ask<ExportManifest>('GET', `/exports/${id}/manifest`, { signal }),
    staleTime: Infinity,
  });
}
