import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { MOST_SUGGESTIONS } from '@/lib/query-completion';
import { scopeParams, type AskedScope } from '@/lib/search-address';
import type { ValuesFound } from '@/types/shapes';

/** Values of a field that begin with what is typed. */
export function valuesQuery(scope: AskedScope, field: string, prefix: string) {
  const asked = scopeParams(scope);
  asked.set('field', field);
  asked.set('most', String(MOST_SUGGESTIONS));
  const of = asked.toString();
  asked.set('prefix', prefix);
  return queryOptions({
    queryKey: ['logs', 'values', of, prefix],
    queryFn: ({ signal }) => ask<ValuesFound>('GET', `/logs/values?${asked.toString()}`, { signal }),
    // While somebody types on, the list stays there: a key is pressed for what it shows. Of another field it is not.
    placeholderData: (former: ValuesFound | undefined, query) => (query?.queryKey[2] === of ? former : undefined),
    staleTime: 30_000,
    retry: false,
  });
}
