import { useEffect, useState } from 'react';

import { useAhead } from './use-zone';

/** The server's clock, ms since the epoch: what "3 s ago" is counted from. It moves every so many ms. */
export function useNow(everyMs = 1_000): number {
  const ahead = useAhead();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + ahead;
}
