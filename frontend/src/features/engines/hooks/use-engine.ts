import { useQuery } from '@tanstack/react-query';

import type { EngineSeen } from '@/types/shapes';

import { engineQuery } from '../api/get-engine';
import { useToldEngines } from './use-told-engines';

interface Engine {
  /** undefined: nothing is known of it yet. */
  engine: EngineSeen | undefined;
  error: Error | null;
  isPending: boolean;
  /** When it was so, ms since the epoch. */
  at: number;
}

/** One engine: asked for once, and then as the live connection tells it; asked for again while that is silent. */
export function useEngine(name: string): Engine {
  const { engines, at, isNow } = useToldEngines();
  const told = engines?.[name];
  const isTold = isNow && told !== undefined;
  const { data, error, isPending, dataUpdatedAt } = useQuery({
    ...engineQuery(name),
    ...(isTold ? { refetchInterval: false as const } : {}),
  });
  const isToldNewer = told !== undefined && (isTold || at > dataUpdatedAt);
  return {
    engine: isToldNewer ? told : data,
    error: isTold ? null : error,
    isPending: told === undefined && isPending,
    at: isToldNewer ? at : dataUpdatedAt,
  };
}
