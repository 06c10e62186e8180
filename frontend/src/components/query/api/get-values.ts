import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { MOST_SUGGESTIONS } from '@/lib/query-completion';
import { scopeParams, type AskedScope } from '@/lib/search-address';
import type { ValuesFound } from '@/types/shapes';

/** Values of a field that begin with what is typed. */
export function valuesQuery(scope: AskedScope, field: string, prefix: string) {
  const asked = scopeParams(scope);
  asked.set('field', field);
  asked.set('prefix', prefix);
  asked.set('most', String(MOST_SUGGESTIONS));
  const text = asked.toString();
  return queryOptions({
    queryKey: ['logs', 'values', text],
    queryFn: ({ signal }) => ask<ValuesFound>('GET', `/logs/values?${text}`, { signal }),
    staleTime: 30_000,
    retry: false,
  });
}
