/** Who sends and who is silent; while there is no live connection, as it was last. */
import { useMemo, useState, useSyncExternalStore } from 'react';

import { useLive } from '@/hooks/use-live';

import { SenderFeed } from './sender-feed';
import { sorted, type SendersNow } from './sender-lines';

export function useSenders(now: number): SendersNow {
  const { engines } = useLive();
  const [feed] = useState(() => new SenderFeed(engines));
  const shown = useSyncExternalStore(feed.watch, feed.current);
  return useMemo(() => sorted(shown, now), [shown, now]);
}
