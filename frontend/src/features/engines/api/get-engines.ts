import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineListed } from '@/types/shapes';

/** Everything that is asked of engines begins so: after a change all of it is asked anew. */
export const ENGINES_KEY = ['engines'] as const;

export const enginesQuery = queryOptions({
  queryKey: ENGINES_KEY,
  queryFn: ({ signal }) => ask<EngineListed[]>('GET', '/engines', { signal }),
  refetchInterval: 5_000,
});
