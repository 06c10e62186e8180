import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { SearchState } from '@/lib/search-address';
import type { SavedSearch } from '@/types/shapes';

import { savedOf } from '../saved-query';
import { SEARCHES_KEY } from './get-searches';
import { parseQuery } from './parse-query';

interface Changes {
  id: number;
  name?: string;
  shared?: boolean;
  /** What it asks from now on. */
  search?: SearchState;
}

export function useChangeSearch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, search, ...rest }: Changes) => {
      const query = search === undefined ? {} : { query: savedOf(search, (await parseQuery(search.q)).where) };
      return ask<SavedSearch>('PATCH', `/searches/${id}`, { body: { ...rest, ...query } });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: SEARCHES_KEY }),
  });
}
