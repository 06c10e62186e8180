/** The engines: by the live connection every second, asked for every 5 s where there is none. */
import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';

import { useConnection, useEngineFeed } from '@/hooks/use-live';
import { useAhead } from '@/hooks/use-zone';
import type { EngineListed, EngineSeen } from '@/types/shapes';

import { enginesQuery } from './api/get-engines';
import { engineLines, type EngineLine } from './engine-lines';

export interface EnginesNow {
  listed: readonly EngineListed[];
  /** null: nothing is told now. */
  live: Record<string, EngineSeen> | null;
  lines: EngineLine[];
  /** The moment that the figures are of, by the server's clock, ms. */
  now: number;
  /** Why nothing comes live, in words; null: it does, or is about to. */
  trouble: string | null;
  error: Error | null;
  /** When it was told live for the last time, by the server's clock, ms; null: never. */
  heardAt: number | null;
  isKnown: boolean;
  /** Whoever sees some clients only has no ledger and no rates. */
  seesWhole: boolean;
}

const NONE: readonly EngineListed[] = [];

export function useEngines(): EnginesNow {
  const { connection } = useConnection();
  const feed = useEngineFeed();
  const ahead = useAhead();
  const isLive = connection === 'live' && feed.engines !== null && feed.trouble === null && feed.isQuiet !== true;
  // While the live connection tells it every second, nothing is asked for again.
  const { data, error, dataUpdatedAt } = useQuery({ ...enginesQuery, ...(isLive ? { refetchInterval: false as const } : {}) });
  const live = isLive ? feed.engines : null;
  const listed = data ?? NONE;
  const lines = useMemo(() => engineLines(listed, live), [listed, live]);
  const failed = live === null ? error : null;
  const heardAt = feed.history.at(-1)?.at;
  return {
    listed,
    live,
    lines,
    now: Math.max(heardAt ?? 0, dataUpdatedAt) + ahead,
    heardAt: heardAt === undefined ? null : heardAt + ahead,
    trouble: isLive ? null : connection === 'lost' ? 'The live connection is lost; it is tried again and again.' : feed.trouble,
    error: failed,
    isKnown: live !== null || data !== undefined,
    seesWhole: lines.length === 0 || lines.some((line) => line.port !== null),
  };
}
