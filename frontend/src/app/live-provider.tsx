import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState, type ReactNode } from 'react';

import { LiveContext, type Live } from '@/hooks/use-live';
import { EngineFeed } from '@/lib/engine-feed';
import { LiveSocket } from '@/lib/live-socket';
import { signedOut } from '@/lib/session';

/** One WebSocket for everything below, open for as long as it is there. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const [live] = useState<Live>(() => ({
    socket: new LiveSocket(liveUrl(window.location), () => signedOut(client)),
    engines: new EngineFeed(),
  }));
  useEffect(() => {
    const leave = live.engines.follow(live.socket);
    live.socket.open();
    return () => {
      leave();
      live.socket.close();
    };
  }, [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

function liveUrl(location: Location): string {
  return `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/v1/live`;
}
