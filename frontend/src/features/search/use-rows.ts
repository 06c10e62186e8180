import { useInfiniteQuery, useQueryClient, type InfiniteData } from '@tanstack/react-query';
import { useMemo, useState } from 'react';

import type { LogRow } from '@/lib/log-row';
import type { SearchState } from '@/lib/search-address';

import { rowsQuery, type RowsPage } from './api/get-rows';
import { stopWords } from './row-words';

export interface Rows {
  pages: readonly RowsPage[];
  rows: readonly LogRow[];
  /** These are rows of the question before, or of the same one earlier. */
  isOld: boolean;
  isSearching: boolean;
  isLoadingMore: boolean;
  /** Stopped by who asked. */
  isCancelled: boolean;
  error: Error | null;
  /** Why the next rows are not there; those before stay. */
  moreError: Error | null;
  /** More, as somebody scrolls; not where the answer was cut or there are too many. */
  more: () => void;
  /** More, because somebody said so. */
  goOn: () => void;
  cancel: () => void;
}

const NONE: readonly RowsPage[] = [];

/** Rows of a search, page by page. Another search gives this one up; its rows stay in sight until the new ones come. */
export function useRows(search: SearchState, runId: string): Rows {
  const client = useQueryClient();
  const options = rowsQuery(search, runId);
  const question = String(options.queryKey[2]);
  const asked = useInfiniteQuery(options);
  const { data, isPlaceholderData, isFetching, isFetchingNextPage, error } = asked;

  // The last answer to the same question: when the API is away, it is better than nothing.
  const [kept, setKept] = useState<{ question: string; data: InfiniteData<RowsPage> } | null>(null);
  if (data !== undefined && !isPlaceholderData && kept?.data !== data) setKept({ question, data });
  const former = kept !== null && kept.question === question ? kept.data : undefined;

  const pages = (data ?? former)?.pages ?? NONE;
  const rows = useMemo(() => pages.flatMap((page) => page.rows), [pages]);
  const isWaiting = data === undefined || isPlaceholderData;
  const goOn = () => {
    if (asked.hasNextPage && !isFetching && !isPlaceholderData) void asked.fetchNextPage();
  };
  return {
    pages,
    rows,
    isOld: isPlaceholderData || (data === undefined && former !== undefined),
    isSearching: isFetching && !isFetchingNextPage,
    isLoadingMore: isFetchingNextPage,
    isCancelled: isWaiting && !isFetching && error === null,
    error: isWaiting ? error : null,
    moreError: isWaiting ? null : error,
    more: () => {
      if (error === null && stopWords(pages) === null) goOn();
    },
    goOn,
    cancel: () => void client.cancelQueries({ queryKey: options.queryKey }),
  };
}
