/** The product's time zone and clock: times on pages are in it, whatever zone the browser is in. */
import { useQuery } from '@tanstack/react-query';

import { aboutQuery } from '@/lib/about';

/** null: not known yet. */
export function useZone(): string | null {
  const zone = useQuery(aboutQuery).data?.time_zone ?? null;
  return zone !== null && /^Etc\/(UTC|GMT|UCT|Zulu|Universal)$/.test(zone) ? 'UTC' : zone;
}

/** What has to be added to this browser's clock to have the server's, ms. */
export function useAhead(): number {
  return useQuery(aboutQuery).data?.ahead ?? 0;
}
