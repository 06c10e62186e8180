import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { UnknownSender } from '@/types/shapes';

export interface SendersOf {
  engine: string;
  senders: UnknownSender[];
  /** What the engine's ledger had refused when this was asked; null: that was not known. */
  refused: number | null;
  /** Whether that count stood still since it was asked before. The first answer to a count may be older than it. */
  isSettled: boolean;
}

/** While the count stands still, so does the answer. */
const UNCHANGED_MS = 60_000;

/**
 * Who sends to an engine without being a client. A process tries every class on lines that were not shown before, so
 * nothing is asked before it can have changed, and engines are asked one after the other.
 */
export const unknownSendersQuery = (engine: string, refused: number | null, everyMs: number) =>
  queryOptions({
    queryKey: ['unknown-senders', engine],
    queryFn: async ({ client, queryKey, signal }): Promise<SendersOf> => {
      const senders = await oneByOne(() => sendersOf(engine, signal));
      const before = client.getQueryData<SendersOf>(queryKey);
      return { engine, refused, senders, isSettled: refused !== null && before?.refused === refused };
    },
    staleTime: 3_000,
    refetchInterval: ({ state: { data } }) => (data?.isSettled === true && data.refused === refused ? UNCHANGED_MS : everyMs),
  });

function sendersOf(engine: string, signal: AbortSignal): Promise<UnknownSender[]> {
  return ask<UnknownSender[]>('GET', `/engines/${encodeURIComponent(engine)}/unknown-senders`, { signal });
}

let last: Promise<unknown> = Promise.resolve();

/** Begins when what was asked before has been answered, well or not. */
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}
