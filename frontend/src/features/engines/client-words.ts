/** Who of an engine's clients is shown, and when each was heard last, in words. No React. */
import { duration } from '@/lib/format';
import { sortedBy } from '@/lib/sorted';
import type { Client } from '@/types/shapes';

/** An engine may have 10,000 clients; the page of clients has them all. */
export const MOST_SHOWN = 100;

/** All of them in their own order, or the busiest where there are too many. */
export function busiest(clients: readonly Client[]): { shown: readonly Client[]; others: number } {
  if (clients.length <= MOST_SHOWN) return { shown: clients, others: 0 };
  const shown = sortedBy(clients, ({ received }) => received ?? 0, true).slice(0, MOST_SHOWN);
  return { shown, others: clients.length - shown.length };
}

/** Silent for so long, it is said. */
const SILENT_SECONDS = 600;

/** `seen`: microseconds since 1970, 0 for never; `now`: ms. */
export function lastSeenInWords(seen: number | null | undefined, now: number): string {
  if (seen == null) return '–';
  if (seen === 0) return 'not yet';
  const seconds = Math.max(0, now / 1_000 - seen / 1e6);
  const ago = `${duration(seconds)} ago`;
  return seconds > SILENT_SECONDS ? `${ago}, silent` : ago;
}
