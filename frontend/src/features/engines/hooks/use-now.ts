import { useEffect, useState } from 'react';

import { useAhead } from '@/hooks/use-zone';

/** The server's time, ms, as often as somebody looks at it. */
export function useNow(everyMs = 1_000): number {
  const ahead = useAhead();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), everyMs);
    return () => clearInterval(timer);
  }, [everyMs]);
  return now + ahead;
}
