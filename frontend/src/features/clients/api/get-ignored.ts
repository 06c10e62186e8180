import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineEvent, EventsPage } from '@/types/shapes';

import { ignoredOf, type IgnoredKnown } from '../ignored';

const PAGE = 1_000;
const MOST_PAGES = 5;

export const ignoredKey = (engine: string) => ['ignored-senders', engine] as const;

/** No route lists who is ignored; the engine's events tell it, and every answer to ignoring has the whole list. */
export const ignoredQuery = (engine: string) =>
  queryOptions({
    queryKey: ignoredKey(engine),
    queryFn: async ({ signal }): Promise<IgnoredKnown> => {
      const events: EngineEvent[] = [];
      let before: number | null = null;
      for (let page = 0; page < MOST_PAGES; page += 1) {
        const found: EventsPage = await ask<EventsPage>('GET', eventsPath(engine, before), { signal });
        events.push(...found.events);
        before = found.before;
        if (before === null) break;
      }
      return { addresses: ignoredOf(events), isWhole: before === null };
    },
    staleTime: Infinity,
  });

function eventsPath(engine: string, before: number | null): string {
  const asked = new URLSearchParams({ limit: String(PAGE), ...(before === null ? {} : { before: String(before) }) });
  return `/engines/${encodeURIComponent(engine)}/events?${asked}`;
}
