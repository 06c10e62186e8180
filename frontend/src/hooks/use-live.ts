/** The live connection and what it tells of the engines. */
import { useQuery } from '@tanstack/react-query';
import { createContext, use, useCallback, useMemo, useSyncExternalStore } from 'react';

import { columnsOf, joined, minutesOf, WINDOW_MS, type Columns, type Moment } from '@/lib/chart-history';
import type { EngineFeed, Feed } from '@/lib/engine-feed';
import { ledgerHistoryQuery } from '@/lib/ledger-history';
import type { LiveSocket, LiveState } from '@/lib/live-socket';

import { useAhead } from './use-zone';

export interface Live {
  socket: LiveSocket;
  engines: EngineFeed;
}

export const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = use(LiveContext);
  if (live === null) throw new Error('useLive is used without its provider');
  return live;
}

export function useConnection(): LiveState {
  const { socket } = useLive();
  return useSyncExternalStore(socket.watch, socket.current);
}

/** The engines as they were a moment ago, and their rates of the last minutes. */
export function useEngineFeed(): Feed {
  const { engines } = useLive();
  return useSyncExternalStore(engines.watch, engines.current);
}

/** The rates of one engine by the second, as far as this page has heard them: ten minutes at most. */
export function useEngineHistory(name: string): readonly Moment[] {
  const { engines } = useLive();
  const current = useCallback(() => engines.historyOf(name), [engines, name]);
  return useSyncExternalStore(engines.watch, current);
}

export interface RateColumns extends Columns {
  /** The ten minutes that are shown, ms: charts with the same ones can be compared. */
  span: [from: number, to: number];
}

/** Ten minutes of rates for charts, of all engines or of one: by the second as heard, by the minute before that. */
export function useRates(engine?: string): RateColumns {
  const { engines } = useLive();
  const current = useCallback(
    () => (engine === undefined ? engines.current().history : engines.historyOf(engine)),
    [engines, engine],
  );
  const live = useSyncExternalStore(engines.watch, current);
  const asked = engine === undefined ? { since: '-1h', step: '1m' } : { since: '-15m', step: '1m', engine };
  const { data, dataUpdatedAt } = useQuery(ledgerHistoryQuery(asked));
  const ahead = useAhead();
  return useMemo(() => {
    const to = Math.max(live.at(-1)?.at ?? 0, dataUpdatedAt) + ahead;
    const span: [number, number] = [to - WINDOW_MS, to];
    const heard = ahead === 0 ? live : live.map((moment) => ({ ...moment, at: moment.at + ahead }));
    return { ...columnsOf(joined(heard, data === undefined ? [] : minutesOf(data), ...span)), span };
  }, [live, data, dataUpdatedAt, ahead]);
}
