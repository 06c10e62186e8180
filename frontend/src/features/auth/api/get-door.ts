import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Door } from '@/types/shapes';

/** Whether the first admin has still to be made. */
export const doorQuery = queryOptions({
  queryKey: ['auth', 'door'],
  queryFn: ({ signal }) => ask<Door>('GET', '/auth/setup', { signal, open: true }),
  staleTime: 0,
});
