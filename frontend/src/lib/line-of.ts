/** The line of a row: as it arrived or, where an engine keeps no originals, what was pulled out of it. */
import { LINE } from './log-columns';
import type { LogRow } from './log-row';

const PLACED: ReadonlySet<string> = new Set(['class', 'engine', 'day', 'client', 'log_sender_ip', 'facility', 'severity', LINE]);

export function lineOf(row: LogRow): string {
  const line = row.values[LINE];
  if (line !== undefined && line !== null) return String(line);
  return Object.entries(row.values)
    .filter(([name, value]) => !PLACED.has(name) && value !== null)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(' ');
}

/** How many characters of a value are put on the page, where it is one line, and where it is wrapped. */
export const MOST_SHOWN = { line: 2_000, wrapped: 10_000 };

/** Not more of a text than can be shown: the rest is counted. */
export function cut(text: string, most: number): { text: string; more: number } {
  return text.length <= most ? { text, more: 0 } : { text: text.slice(0, most), more: text.length - most };
}
