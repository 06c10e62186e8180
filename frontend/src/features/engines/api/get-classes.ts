import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { LogClass } from '@/types/shapes';

export const classesQuery = queryOptions({
  queryKey: ['classes'],
  queryFn: ({ signal }) => ask<LogClass[]>('GET', '/classes', { signal }),
});
