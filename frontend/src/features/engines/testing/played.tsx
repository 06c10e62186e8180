/** The engines' pages as tests show them: signed in, without a live connection unless one is played. */
import type { ReactNode } from 'react';

import { LiveContext, type Live } from '@/hooks/use-live';
import { SessionContext } from '@/hooks/use-session';
import { EngineFeed } from '@/lib/engine-feed';
import { LiveSocket } from '@/lib/live-socket';
import { anna } from '@/testing/server';
import type { EngineStatus, Me } from '@/types/shapes';

const live: Live = { socket: new LiveSocket('ws://localhost/never'), engines: new EngineFeed() };

export function Played({ me = anna, children }: { me?: Me; children: ReactNode }) {
  return (
    <SessionContext value={me}>
      <LiveContext value={live}>{children}</LiveContext>
    </SessionContext>
  );
}

export const viewer: Me = { ...anna, role: 'viewer' };

export function status(part: Partial<EngineStatus> = {}): EngineStatus {
  return {
    engine: 'edge_1',
    title: 'Edge routers',
    class: 'mikrotik',
    port: 5140,
    state: 'running',
    since: 1_800_000_000,
    why: '',
    wanted: 'running',
    needs_restart: [],
    restarts: 0,
    last_exit: null,
    settings: {
      name: 'edge_1',
      class: 'mikrotik',
      port: 5140,
      title: 'Edge routers',
      addresses: [],
      clients: [{ name: 'office', address: '10.0.0.0/8' }],
      keep_original: true,
      workers: null,
      auto_delete_days: null,
      auto_delete_bytes: null,
      running: true,
    },
    autostart: true,
    created_at: 1_800_000_000,
    source: 'api',
    whole: true,
    events: [],
    ...part,
  };
}
