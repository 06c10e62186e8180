import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { IgnoredSenders } from '@/types/shapes';

export const ignoredKey = (engine: string) => ['ignored-senders', engine] as const;

/** Who is not shown among the unknown senders of an engine any more. */
export const ignoredQuery = (engine: string) =>
  queryOptions({
    queryKey: ignoredKey(engine),
    queryFn: ({ signal }) => ask<IgnoredSenders>('GET', `/engines/${encodeURIComponent(engine)}/ignored-senders`, { signal }),
  });
