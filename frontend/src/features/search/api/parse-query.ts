import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { ParsedQuery } from '@/types/shapes';

/** What a text means: the same text always means the same. */
export function parsedQuery(q: string) {
  return queryOptions({
    queryKey: ['logs', 'parse', q],
    queryFn: ({ signal }) => parseQuery(q, signal),
    staleTime: Infinity,
    retry: false,
  });
}

export function parseQuery(q: string, signal?: AbortSignal): Promise<ParsedQuery> {
  return ask<ParsedQuery>('POST', '/logs/parse', { body: { q }, ...(signal === undefined ? {} : { signal }) });
}
