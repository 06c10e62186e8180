/** The live connection and what it tells of the engines. */
import { createContext, use, useSyncExternalStore } from 'react';

import type { EngineFeed, Feed } from '@/lib/engine-feed';
import type { LiveSocket, LiveState } from '@/lib/live-socket';

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
