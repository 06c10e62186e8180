import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';

import { useConnection, useEngineFeed } from '@/hooks/use-live';

import { clientsQuery, type ClientsOf } from './api/get-clients';
import { enginesQuery } from './api/get-engines';
import { clientLines, type ClientLine } from './clients';
import { factsOf, type EngineFacts } from './engine-facts';

export interface EnginesSeen {
  facts: EngineFacts[];
  lines: ClientLine[];
  isLive: boolean;
  isPending: boolean;
  /** Why it is not of now; what is shown stays. */
  error: Error | null;
}

/** Engines and their clients: once a second from the live connection, every ten seconds by asking where there is none. */
export function useEngines(): EnginesSeen {
  const { connection } = useConnection();
  const feed = useEngineFeed();
  const isLive = connection === 'live' && feed.engines !== null && feed.trouble === null;
  const engines = useQuery({ ...enginesQuery, refetchInterval: isLive ? false : 10_000 });
  const listed = engines.data ?? null;
  const names = isLive || listed === null ? [] : listed.map((each) => each.engine);
  const { found, error } = useQueries({ queries: names.map(clientsQuery), combine: combined });
  const told = feed.engines;
  const seen = useMemo(() => (isLive || listed === null ? Object.values(told ?? {}) : listed), [isLive, listed, told]);
  const facts = useMemo(() => factsOf(seen), [seen]);
  const lines = useMemo(() => clientLines({ seen, isLive, told, asked: found }), [seen, isLive, told, found]);
  return {
    facts,
    lines,
    isLive,
    isPending: told === null && listed === null && engines.isPending,
    error: isLive ? null : (engines.error ?? error),
  };
}

function combined(results: UseQueryResult<ClientsOf>[]): { found: ClientsOf[]; error: Error | null } {
  return {
    found: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
    error: results.find((each) => each.error !== null)?.error ?? null,
  };
}
