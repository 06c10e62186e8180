/** Moments on the clock of a time zone, to the millisecond. No React. */

export interface Clock {
  /** The zone as it is called, `UTC` where this browser does not know it. */
  zone: string;
  /** `2026-11-20 23:31:44.201` of microseconds since 1970. */
  at: (us: number) => string;
  /** `+06:00` at that moment. */
  offset: (us: number) => string;
}

const MINUTE_MS = 60_000;
/** Offsets change at quarters of an hour at most, in any zone there ever was since 1970. */
const QUARTER_MS = 15 * MINUTE_MS;
const MOST_REMEMBERED = 5_000;

export function clockOf(zone: string): Clock {
  const known = formatOf(zone);
  const format = known ?? formatOf('UTC');
  const offsets = new Map<number, number>();
  const offsetMs = (ms: number): number => {
    const quarter = Math.floor(ms / QUARTER_MS);
    let offset = offsets.get(quarter);
    if (offset === undefined) {
      // Asking Intl takes a hundred times as long as adding does.
      offset = format === null ? 0 : wallMs(format, quarter * QUARTER_MS) - quarter * QUARTER_MS;
      if (offsets.size >= MOST_REMEMBERED) offsets.clear();
      offsets.set(quarter, offset);
    }
    return offset;
  };
  return {
    zone: known === null ? 'UTC' : zone,
    at: (us) => {
      const ms = Math.floor(us / 1_000);
      if (!isMoment(ms)) return '';
      return new Date(ms + offsetMs(ms)).toISOString().slice(0, 23).replace('T', ' ');
    },
    offset: (us) => {
      const ms = Math.floor(us / 1_000);
      return isMoment(ms) ? offsetWords(offsetMs(ms)) : '';
    },
  };
}

function isMoment(ms: number): boolean {
  return Math.abs(ms) < 8.6e15;
}

function offsetWords(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / MINUTE_MS);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  try {
    return new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  } catch {
    return null;
  }
}

/** What the zone's clock shows, as if it were UTC. */
function wallMs(format: Intl.DateTimeFormat, ms: number): number {
  const parts = Object.fromEntries(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
  const part = (name: string) => parts[name] ?? 0;
  return Date.UTC(part('year'), part('month') - 1, part('day'), part('hour'), part('minute'), part('second'));
}
