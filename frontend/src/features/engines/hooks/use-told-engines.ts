import { useConnection, useEngineFeed } from '@/hooks/use-live';
import type { EngineSeen } from '@/types/shapes';

type Engines = Readonly<Record<string, EngineSeen>>;

interface Told {
  /** null: nothing was told yet. */
  engines: Engines | null;
  /** When, ms since the epoch. */
  at: number;
  /** Whether it is of this moment. */
  isNow: boolean;
}

/** The engines as the live connection told them last: while it tells nothing, that is still newer than what was asked for. */
export function useToldEngines(): Told {
  const { connection } = useConnection();
  const feed = useEngineFeed();
  const isNow = feed.engines !== null && connection === 'live' && feed.trouble === null && feed.isQuiet !== true;
  return { engines: feed.engines, at: feed.history.at(-1)?.at ?? 0, isNow };
}
