import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineSeen } from '@/types/shapes';

import { ENGINES_KEY } from './get-engines';

export function enginePath(name: string): string {
  return `/engines/${encodeURIComponent(name)}`;
}

/** One engine in full. */
export function engineQuery(name: string) {
  return queryOptions({
    queryKey: [...ENGINES_KEY, name],
    queryFn: ({ signal }) => ask<EngineSeen>('GET', enginePath(name), { signal }),
    refetchInterval: 5_000,
  });
}
