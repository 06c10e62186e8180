import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { FacetsFound } from '@/types/shapes';

import { patience } from '../../patience';
import { FacetBatches } from '../facet-batch';

const batches = new FacetBatches((asked, fields, top, signal) => {
  const params = new URLSearchParams(asked);
  params.set('fields', fields.join(','));
  params.set('top', String(top));
  return ask<FacetsFound>('GET', `/logs/facets?${params.toString()}`, { signal });
});

/** The most frequent values of a field in the rows that are asked for. */
export function facetQuery(params: URLSearchParams, field: string, top: number) {
  const asked = params.toString();
  return queryOptions({
    queryKey: ['logs', 'facet', asked, field, top],
    queryFn: ({ signal }) => batches.one(asked, field, top, signal),
    placeholderData: keepPreviousData,
    ...patience,
  });
}
