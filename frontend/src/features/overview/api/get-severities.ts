import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { every } from '@/lib/query-client';
import type { Histogram } from '@/types/shapes';

/** Eight, and rows without one. */
const MOST_VALUES = 9;

/** Rows by severity: hours are enough, for they are added up. */
export function severitiesQuery(since: string) {
  const asked = new URLSearchParams({ since, step: '1h', by: 'severity', top: String(MOST_VALUES) });
  return queryOptions({
    queryKey: ['logs', 'severities', since],
    queryFn: ({ signal }) => ask<Histogram>('GET', `/logs/histogram?${asked.toString()}`, { signal }),
    refetchInterval: every(60_000),
  });
}
