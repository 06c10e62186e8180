import { infiniteQueryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EventsPage } from '@/types/shapes';

import { enginePath } from './get-engine';
import { ENGINES_KEY } from './get-engines';

const A_PAGE = 30;

export function eventsKey(name: string) {
  return [...ENGINES_KEY, name, 'events'] as const;
}

/** What happened to an engine, the newest first, page by page. */
export function eventsQuery(name: string) {
  return infiniteQueryOptions({
    queryKey: eventsKey(name),
    queryFn: ({ signal, pageParam }) => {
      const before = pageParam === null ? '' : `&before=${pageParam}`;
      return ask<EventsPage>('GET', `${enginePath(name)}/events?limit=${A_PAGE}${before}`, { signal });
    },
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.before,
    staleTime: 30_000,
  });
}
