import { infiniteQueryOptions, keepPreviousData } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { LogRow } from '@/lib/log-row';
import { every } from '@/lib/query-client';
import { rowsOf, type RowObject } from '@/lib/rows';
import { askedParams, type SearchState } from '@/lib/search-address';
import type { Searched } from '@/types/shapes';

import { patience } from '../patience';

export interface RowsPage {
  rows: LogRow[];
  after: string | null;
  searched: Searched;
  /** From question to answer. */
  seconds: number;
}

interface PageTold {
  rows: RowObject[];
  after: string | null;
  searched: Searched;
}

const FIRST_PAGE_ROWS = 200;
const NEXT_PAGE_ROWS = 500;
/** Rows take memory, and these go when the search is left. */
const KEPT_MS = 60_000;

/**
 * Pages of rows, all of one moment. All columns are asked for, so that another choice of them asks nothing.
 * run: what makes the same question a new one.
 */
export function rowsQuery(search: SearchState, run: string) {
  const asked = askedParams(search);
  asked.set('order', search.order);
  return infiniteQueryOptions({
    queryKey: ['logs', 'rows', asked.toString(), run],
    queryFn: ({ signal, pageParam }) => readPage(asked, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page: RowsPage) => page.after,
    staleTime: Infinity,
    gcTime: KEPT_MS,
    placeholderData: keepPreviousData,
    ...patience,
    // Goes on by itself once the API is back; never while there are rows, for they would all be asked for again.
    refetchInterval: ({ state }) => (state.data === undefined ? every(false)({ state }) : false),
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  });
}

async function readPage(asked: URLSearchParams, after: string | null, signal: AbortSignal): Promise<RowsPage> {
  const page = new URLSearchParams(asked);
  page.set('limit', String(after === null ? FIRST_PAGE_ROWS : NEXT_PAGE_ROWS));
  if (after !== null) page.set('after', after);
  const begun = performance.now();
  const told = await ask<PageTold>('GET', `/logs?${page.toString()}`, { signal });
  const seconds = (performance.now() - begun) / 1_000;
  return { rows: rowsOf(told.rows), after: told.after, searched: told.searched, seconds };
}
