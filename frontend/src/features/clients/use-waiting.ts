import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';

import { unknownSendersQuery, type SendersOf } from './api/get-unknown-senders';
import { enginesToAsk } from './engine-facts';
import { waitingOf, type Waiting } from './senders';
import type { EnginesSeen } from './use-engines';

/** How often an engine is asked, and how many ms each further one adds. */
const OPEN = { least: 5_000, each: 1_000 };
/** For the number at the tab alone. */
const CLOSED = { least: 30_000, each: 10_000 };

export interface WaitingSeen {
  waiting: Waiting[];
  isPending: boolean;
  error: Error | null;
}

interface Asked {
  engines: EnginesSeen;
  /** null: all engines. */
  chosen: string | null;
  /** false: who asks may not see them. */
  isAllowed: boolean;
  isOpen: boolean;
}

/** Who sends without being a client. */
export function useWaiting({ engines, chosen, isAllowed, isOpen }: Asked): WaitingSeen {
  const asked = isAllowed ? enginesToAsk(engines.facts, chosen, engines.isLive) : [];
  const { least, each } = isOpen ? OPEN : CLOSED;
  const everyMs = Math.max(least, each * asked.length);
  const { found, error, isPending } = useQueries({
    queries: asked.map(({ name, refused }) => unknownSendersQuery(name, refused, everyMs)),
    combine: combined,
  });
  const waiting = useMemo(() => waitingOf(found), [found]);
  return { waiting, isPending: isPending || engines.isPending, error };
}

function combined(results: UseQueryResult<SendersOf>[]) {
  return {
    found: results.flatMap(({ data }) => (data === undefined ? [] : [data])),
    error: results.find((each) => each.error !== null)?.error ?? null,
    isPending: results.some((each) => each.isPending),
  };
}
