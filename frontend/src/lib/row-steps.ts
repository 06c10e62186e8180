/** Where the cursor goes among rows. No React. */
import type { LogRow } from './log-row';
import { isError, severityOf } from './severity';

/** The place of the next row with an error, from a place on (-1: from the first), in steps of 1 or -1; null: none. */
export function nextError(rows: readonly LogRow[], from: number, step: 1 | -1): number | null {
  for (let place = from + step; place >= 0 && place < rows.length; place += step) {
    if (isError(severityOf(rows[place]?.values['severity']))) return place;
  }
  return null;
}

/** So many rows on, and never beyond the ends. */
export function stepped(rows: readonly LogRow[], from: number, by: number): number | null {
  if (rows.length === 0) return null;
  if (from < 0) return by > 0 ? 0 : rows.length - 1;
  return Math.min(rows.length - 1, Math.max(0, from + by));
}
