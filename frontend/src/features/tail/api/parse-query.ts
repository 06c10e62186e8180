import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { ApiError } from '@/lib/api-error';
import { worthAnotherTry } from '@/lib/query-client';
import type { ParsedQuery } from '@/types/shapes';

/** What a text means: a tail is asked for by that, together with engines and classes. A wrong text is an error. */
export function parsedQuery(q: string) {
  return queryOptions({
    queryKey: ['logs', 'parse', q],
    queryFn: ({ signal }) => ask<ParsedQuery>('POST', '/logs/parse', { body: { q }, signal }),
    staleTime: Infinity,
    retry: worthAnotherTry,
    // Once the API is back this goes on by itself.
    refetchInterval: ({ state }) => (state.error instanceof ApiError && state.error.status !== 400 ? 5_000 : false),
  });
}
