import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineListed } from '@/types/shapes';

/** The engines, for the ports that devices send to. */
export const enginesQuery = queryOptions({
  queryKey: ['engines'],
  queryFn: ({ signal }) => ask<EngineListed[]>('GET', '/engines', { signal }),
});
