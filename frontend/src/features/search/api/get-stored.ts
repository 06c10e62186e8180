import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Counted } from '@/types/shapes';

const AGAIN_MS = 3_000;

/** Whether there is any row at all; asked again until there is one. */
export const storedQuery = queryOptions({
  queryKey: ['logs', 'stored'],
  queryFn: async ({ signal }) => (await ask<Counted>('GET', '/logs/count?at_most=1', { signal })).count > 0,
  refetchInterval: ({ state }) => (state.data === true ? false : AGAIN_MS),
  staleTime: 0,
});
