import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Counted } from '@/types/shapes';

import { patience } from '../../patience';
import type { SampleRow } from '../estimate';

const SAMPLE_ROWS = 50;

/** How many rows an export would have. */
export function countQuery(params: URLSearchParams) {
  const asked = params.toString();
  return queryOptions({
    queryKey: ['logs', 'count', asked],
    queryFn: ({ signal }) => ask<Counted>('GET', `/logs/count?${asked}`, { signal }),
    staleTime: 30_000,
    ...patience,
  });
}

/** Some of the rows, to see how long they are. With `skip` it is no search of its own in anybody's history. */
export function sampleQuery(params: URLSearchParams) {
  const asked = new URLSearchParams(params);
  asked.set('limit', String(SAMPLE_ROWS));
  asked.set('skip', '1');
  const text = asked.toString();
  return queryOptions({
    queryKey: ['logs', 'sample', text],
    queryFn: async ({ signal }) => (await ask<{ rows: SampleRow[] }>('GET', `/logs?${text}`, { signal })).rows,
    staleTime: 300_000,
    ...patience,
  });
}
