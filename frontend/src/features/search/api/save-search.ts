import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { SearchState } from '@/lib/search-address';
import type { SavedSearch } from '@/types/shapes';

import { savedOf } from '../saved-query';
import { SEARCHES_KEY } from './get-searches';
import { parseQuery } from './parse-query';

interface Kept {
  name: string;
  shared: boolean;
  search: SearchState;
}

/** Keeps a search under a name; the API keeps what a text means, so it is read first. */
export function useSaveSearch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ name, shared, search }: Kept) => {
      const { where } = await parseQuery(search.q);
      return ask<SavedSearch>('POST', '/searches', { body: { name, shared, query: savedOf(search, where) } });
    },
    onSuccess: () => client.invalidateQueries({ queryKey: SEARCHES_KEY }),
  });
}
