import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Job } from '@/types/shapes';

const EVERY_MS = 1_000;

/** A job on stored days, until it has ended. */
export function jobQuery(id: string) {
  return queryOptions({
    queryKey: ['jobs', id],
    queryFn: ({ signal }) => ask<Job>('GET', `/jobs/${encodeURIComponent(id)}`, { signal }),
    refetchInterval: ({ state }) => (hasEnded(state.data) ? false : EVERY_MS),
    staleTime: 0,
  });
}

export function hasEnded(job: Job | undefined): boolean {
  return job !== undefined && job.state !== 'queued' && job.state !== 'running';
}
