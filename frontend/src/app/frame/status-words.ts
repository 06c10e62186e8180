/** What the line at the top says. It never shows a figure that is not of now. */
import type { Feed } from '@/lib/engine-feed';
import { count, counted, rate } from '@/lib/format';
import { pulseOf } from '@/lib/ledger';
import type { Connection } from '@/lib/live-socket';

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

export function statusWords(connection: Connection, feed: Feed): Status {
  if (connection === 'lost') return { parts: [], connection: 'Not live; connecting again' };
  if (feed.trouble !== null) return { parts: [], connection: 'The engines do not answer' };
  if (feed.engines === null) return { parts: [], connection: 'Connecting' };
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
    { name: 'rate', words: rate(pulse.receivedPerSecond), kind: 'plain' },
  ];
  if (pulse.counted) {
    parts.push({ name: 'lost', words: `${count(pulse.lost)} lost`, kind: pulse.lost === 0 ? 'plain' : 'bad' });
  }
  return { parts, connection: null };
}
