/** What the line at the top says. It never shows a figure that is not of now. */
import type { Feed } from '@/lib/engine-feed';
import { count, counted, rate } from '@/lib/format';
import { pulseOf } from '@/lib/ledger';
import type { Connection } from '@/lib/live-socket';
import { minuteWords, offsetWords } from '@/lib/zone';

export interface StatusPart {
  name: string;
  words: string;
  kind: 'good' | 'warning' | 'bad' | 'plain';
}

export interface Status {
  parts: StatusPart[];
  /** What is wrong with the connection; null: nothing. */
  connection: string | null;
}

/** `lost`: since when the connection is lost, on the clock of the pages; only where that is known. */
export function statusWords(connection: Connection, feed: Feed, lost: string | null = null): Status {
  if (connection === 'lost') {
    return { parts: [], connection: `Not live${lost === null ? '' : ` since ${lost}`}; retrying` };
  }
  if (feed.trouble !== null) return { parts: [], connection: 'The engines do not answer' };
  if (feed.engines === null) return { parts: [], connection: 'Connecting' };
  if (feed.isQuiet === true) return { parts: [], connection: 'Nothing is heard of the engines' };
  const pulse = pulseOf(feed.engines);
  const areAllRunning = pulse.running === pulse.engines;
  const parts: StatusPart[] = [
    {
      name: 'engines',
      words: areAllRunning
        ? counted(pulse.engines, 'engine')
        : `${count(pulse.running)} of ${counted(pulse.engines, 'engine')} running`,
      kind: pulse.engines === 0 ? 'plain' : areAllRunning ? 'good' : 'warning',
    },
  ];
  // Who sees some clients only is told no figures of the engines.
  if (pulse.seesWhole) parts.push({ name: 'rate', words: rate(pulse.receivedPerSecond), kind: 'plain' });
  if (pulse.counted) {
    parts.push({ name: 'lost', words: `${count(pulse.lost)} lost`, kind: pulse.lost === 0 ? 'plain' : 'bad' });
  }
  return { parts, connection: null };
}

/** Since when, to the minute; `since` is of this browser's clock, which the server's is `ahead` of. */
export function lostSince(since: number, ahead: number, zone: string | null): string | null {
  return zone === null ? null : minuteWords(since + ahead, zone);
}

/** The zone of every time on the pages: short, and as it is called. */
export function zoneWords(at: number, zone: string): { short: string; whole: string } {
  const short = offsetWords(at, zone);
  return { short, whole: zone === short ? `Times are in ${zone}` : `Times are in ${zone}, ${short} now` };
}
