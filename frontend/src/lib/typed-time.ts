/** Times as people type them, turned into what the API takes. Dates are those of the product's zone. No React. */
import { ALL_TIME, dayAfter, type TimeRange } from './time-range';

export type TypedTime = { range: TimeRange } | { problem: string };

export const TYPED_EXAMPLES: readonly string[] = [
  '2h',
  'now-2h',
  'yesterday',
  'yesterday 14:00',
  'monday',
  '14:00 .. 15:30',
  '2026-11-20',
  '2026-11-20 14:00 .. 15:00',
  '2026-11-18 .. 2026-11-20',
];

const WEEKDAYS = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const CLOCK = /^(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)$/;
const DATED = /^(\d{4}-\d{2}-\d{2})[t ]+(\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?)\s*(z|[+-]\d{2}(?::?\d{2})?)?$/;
const NAMED = /^([a-z]+)(?:[ ,]+(?:at )?(\d{1,2}:\d{2}(?::\d{2})?))?$/;
/** As a line of syslog begins: `Nov 20 14:00:03`. */
const LINE_STAMP = /^([a-z]{3})[a-z]* +(\d{1,2}) +(\d{1,2}:\d{2}(?::\d{2})?)$/;
const SPAN = /^(?:\d{1,9} *[a-z]+ *(?:and )?)+$/;
const PIECE = /(\d{1,9}) *([a-z]+)/g;
const BETWEEN = / *(?:\.\.+|…|–|—| - | to | until | till ) */;
const UNITS: Readonly<Record<string, string>> = {
  ...named('s', ['s', 'sec', 'secs', 'second', 'seconds']),
  ...named('m', ['m', 'min', 'mins', 'minute', 'minutes']),
  ...named('h', ['h', 'hr', 'hrs', 'hour', 'hours']),
  ...named('d', ['d', 'day', 'days']),
  ...named('w', ['w', 'week', 'weeks']),
};
const UNKNOWN = 'This is no time that can be read. For example: yesterday 14:00, 2h, 2026-11-20 14:00 .. 15:00.';

/** The range that a text means. today: the date in the product's zone. */
export function typedTime(typed: string, today: string): TypedTime {
  const text = typed.trim().toLowerCase().replace(/\s+/g, ' ');
  if (text === '') return { problem: 'Type a time, for example: yesterday 14:00.' };
  if (/^all( time)?$|^everything$/.test(text)) return { range: ALL_TIME };
  const until = /^(?:until|before) (.+)$/.exec(text)?.[1];
  if (until !== undefined) return ranged(null, momentOf(until, today));
  const plain = text.replace(/^between (.+) and (.+)$/, '$1 to $2').replace(/^(?:from|since|after) /, '');
  const [first = '', last, ...more] = plain.split(BETWEEN);
  if (more.length > 0) return { problem: UNKNOWN };
  if (last !== undefined && last !== '') return fromTo(first, last, today);
  return plain === text && last === undefined ? alone(text, today) : ranged(momentOf(first, today));
}

/** One moment as the API takes it; null: it cannot be read. */
export function momentOf(typed: string, today: string): string | null {
  const text = typed.trim().toLowerCase();
  if (text === 'now') return 'now';
  if (/^\d{10}$|^\d{13}$|^\d{16}$/.test(text)) return text.padEnd(16, '0');
  const span = spanOf(text.replace(/^now *- *|^-|^last |^past /, '').replace(/ ago$/, ''));
  if (span !== null) return `-${span}`;
  if (DATE.test(text)) return text;
  const clock = CLOCK.exec(text)?.[1];
  if (clock !== undefined) return `${today} ${padded(clock)}`;
  const dated = DATED.exec(text);
  if (dated?.[1] !== undefined && dated[2] !== undefined) {
    return `${dated[1]}${dated[3] === undefined ? ' ' : 'T'}${padded(dated[2])}${(dated[3] ?? '').toUpperCase()}`;
  }
  return namedMoment(text, today) ?? stampedMoment(text, today);
}

/** The date of `today`, `yesterday`, or the last day of such a name; null: it names no day. */
export function dayNamed(name: string, today: string): string | null {
  if (name === 'today') return today;
  if (name === 'yesterday') return dayAfter(today, -1);
  const wanted = WEEKDAYS.findIndex((day) => day === name || (name.length === 3 && day.startsWith(name)));
  if (wanted < 0) return null;
  const present = new Date(`${today}T12:00:00Z`).getUTCDay();
  return dayAfter(today, -((present - wanted + 7) % 7));
}

/** One thing alone: a whole day, or from a moment on. `today` and `yesterday` go on meaning that tomorrow. */
function alone(text: string, today: string): TypedTime {
  if (text === 'today') return ranged('today');
  if (text === 'yesterday') return { range: { since: 'yesterday', until: 'today' } };
  const day = DATE.test(text) ? text : dayNamed(text, today);
  if (day !== null) return { range: { since: day, until: dayAfter(day) } };
  return ranged(momentOf(text, today));
}

/** Both ends; a clock alone at the end is of the day of the start, and two days are meant with both. */
function fromTo(first: string, last: string, today: string): TypedTime {
  const since = momentOf(first, today);
  if (since === null) return { problem: UNKNOWN };
  const date = /^\d{4}-\d{2}-\d{2}/.exec(since)?.[0];
  const until = momentOf(last, CLOCK.test(last) && date !== undefined ? date : today);
  if (until === null) return { problem: UNKNOWN };
  return { range: { since, until: DATE.test(since) && DATE.test(until) ? dayAfter(until) : until } };
}

function ranged(since: string | null, until?: string | null): TypedTime {
  if (until === null || (since === null && until === undefined)) return { problem: UNKNOWN };
  return { range: { since, until: until ?? null } };
}

function namedMoment(text: string, today: string): string | null {
  const found = NAMED.exec(text);
  const day = found?.[1] === undefined ? null : dayNamed(found[1], today);
  if (day === null) return null;
  return found?.[2] === undefined ? day : `${day} ${padded(found[2])}`;
}

/** Lines of syslog do not tell the year: the last time that there was such a day. */
function stampedMoment(text: string, today: string): string | null {
  const found = LINE_STAMP.exec(text);
  const month = MONTHS.indexOf(found?.[1] ?? '') + 1;
  if (found?.[2] === undefined || found[3] === undefined || month === 0) return null;
  const day = `${String(month).padStart(2, '0')}-${found[2].padStart(2, '0')}`;
  const year = Number(today.slice(0, 4)) - (day > today.slice(5) ? 1 : 0);
  return `${year}-${day} ${padded(found[3])}`;
}

/** `2 hours and 30 min` as `2h30m`. */
function spanOf(text: string): string | null {
  if (/^(?:an? )?(?:hour|day|week|minute)$/.test(text)) return `1${text.replace(/^an? /, '').charAt(0)}`;
  if (!SPAN.test(text)) return null;
  const pieces = [...text.matchAll(PIECE)].map(([, number = '', unit = '']) => {
    const known = UNITS[unit];
    return known === undefined ? null : `${number}${known}`;
  });
  return pieces.includes(null) ? null : pieces.join('');
}

function padded(clock: string): string {
  return clock.indexOf(':') === 1 ? `0${clock}` : clock;
}

function named(unit: string, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, unit]));
}
