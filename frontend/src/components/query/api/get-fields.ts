import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { scopeParams, type AskedScope } from '@/lib/search-address';
import type { LogFields } from '@/types/shapes';

/** The fields of the days that are searched. They seldom change. */
export function fieldsQuery(scope: AskedScope) {
  const asked = scopeParams(scope).toString();
  return queryOptions({
    queryKey: ['logs', 'fields', asked],
    queryFn: ({ signal }) => ask<LogFields>('GET', `/logs/fields?${asked}`, { signal }),
    staleTime: 60_000,
    retry: false,
  });
}
