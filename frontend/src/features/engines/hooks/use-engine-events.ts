import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';

import { useLive } from '@/hooks/use-live';
import type { LiveMessage } from '@/lib/live-socket';
import type { EngineEvent } from '@/types/shapes';

import { eventsKey, eventsQuery } from '../api/get-events';
import { kept, merged } from '../event-list';

/** What happened to an engine: pages as they are asked for, and what happens meanwhile. */
export function useEngineEvents(name: string) {
  const { socket } = useLive();
  const client = useQueryClient();
  const [fresh, setFresh] = useState<readonly EngineEvent[]>([]);
  const asked = useInfiniteQuery(eventsQuery(name));
  useEffect(() => {
    const hear = (message: LiveMessage) => {
      if (message.type === 'event') {
        const event = message['event'] as EngineEvent;
        if (event.engine === name) setFresh((former) => kept(former, event));
      } else if (message.type === 'subscribed') {
        // Also after a connection was lost: what happened meanwhile is on the pages.
        void client.invalidateQueries({ queryKey: eventsKey(name) });
      }
    };
    return socket.subscribe({ id: `events-${name}`, kind: 'events' }, hear);
  }, [socket, client, name]);
  const events = useMemo(
    () => merged(fresh, asked.data?.pages.flatMap((page) => page.events) ?? []),
    [fresh, asked.data],
  );
  return { events, asked };
}
