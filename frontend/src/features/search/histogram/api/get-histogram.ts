import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Histogram } from '@/types/shapes';

import { patience } from '../../patience';

export interface HistogramSeen {
  found: Histogram;
  /** From question to answer. */
  seconds: number;
}

/** The bars before stay until the new ones are there: nothing flickers. */
export function histogramQuery(params: URLSearchParams) {
  const asked = params.toString();
  return queryOptions({
    queryKey: ['logs', 'histogram', asked],
    queryFn: async ({ signal }): Promise<HistogramSeen> => {
      const begun = performance.now();
      const found = await ask<Histogram>('GET', `/logs/histogram?${asked}`, { signal });
      return { found, seconds: (performance.now() - begun) / 1_000 };
    },
    placeholderData: keepPreviousData,
    ...patience,
  });
}
