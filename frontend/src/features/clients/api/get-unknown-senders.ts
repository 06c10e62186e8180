import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { UnknownSender } from '@/types/shapes';

export interface SendersOf {
  engine: string;
  senders: UnknownSender[];
  /** What the engine's ledger had refused when this was asked; null: that was not known. */
  refused: number | null;
}

/** While this count stands still, so does the answer. */
const UNCHANGED_MS = 60_000;

/**
 * Who sends to an engine without being a client. A process tries every class on lines that were not shown before, so
 * nothing is asked before it can have changed, and engines are asked one after the other.
 */
export const unknownSendersQuery = (engine: string, refused: number | null, everyMs: number) =>
  queryOptions({
    queryKey: ['unknown-senders', engine],
    queryFn: ({ signal }): Promise<SendersOf> => oneByOne(() => sendersOf(engine, refused, signal)),
    staleTime: 3_000,
    refetchInterval: ({ state: { data } }) =>
      data !== undefined && data.refused !== null && data.refused === refused ? UNCHANGED_MS : everyMs,
  });

async function sendersOf(engine: string, refused: number | null, signal: AbortSignal): Promise<SendersOf> {
  const path = `/engines/${encodeURIComponent(engine)}/unknown-senders`;
  return { engine, refused, senders: await ask<UnknownSender[]>('GET', path, { signal }) };
}

let last: Promise<unknown> = Promise.resolve();

/** Begins when what was asked before has been answered, well or not. */
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const mine = last.then(work, work);
  last = mine.catch(() => undefined);
  return mine;
}
