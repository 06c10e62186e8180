/** From when to when is searched, as the API takes it. No React. */
import { momentWords as secondWords } from './zone';

/** Moments as `GET /logs` takes them: `-15m`, `yesterday`, `2026-11-20 14:00`, or microseconds; null: open. */
export interface TimeRange {
  since: string | null;
  until: string | null;
}

/** What is searched where nobody has said anything yet. */
export const FIRST_RANGE: TimeRange = { since: '-24h', until: null };
export const ALL_TIME: TimeRange = { since: null, until: null };

/** What the picker offers, the shortest first. */
export const RELATIVE_RANGES: readonly { name: string; range: TimeRange }[] = [
  ['15 min', '-15m'],
  ['1 h', '-1h'],
  ['6 h', '-6h'],
  ['24 h', '-24h'],
  ['7 d', '-7d'],
  ['30 d', '-30d'],
].map(([name, since]) => ({ name: `last ${name ?? ''}`, range: { since: since ?? null, until: null } }));

const AROUND_US = 5 * 60 * 1_000_000;
const MICROSECONDS = /^-?\d{5,18}$/;
const BACK = /^(?:(?:now)?-)?((?:\d{1,9}[smhdw])+)$/i;
const DATE = /^\d{4}-\d{2}-\d{2}$/;
const UNITS: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd', w: 'weeks' };

export function sameRange(one: TimeRange, other: TimeRange): boolean {
  return one.since === other.since && one.until === other.until;
}

/** As parameters of everything that is asked of rows. */
export function toParams(range: TimeRange): [name: 'since' | 'until', value: string][] {
  const ends: [name: 'since' | 'until', value: string][] = [];
  if (range.since !== null) ends.push(['since', range.since]);
  if (range.until !== null) ends.push(['until', range.until]);
  return ends;
}

/** A range of two instants, microseconds since 1970. */
export function between(fromUs: number, untilUs: number): TimeRange {
  return { since: String(Math.floor(fromUs)), until: String(Math.ceil(untilUs)) };
}

/** Some minutes before and behind an instant. */
export function around(instantUs: number): TimeRange {
  return between(instantUs - AROUND_US, instantUs + AROUND_US);
}

/** Microseconds since 1970, where a moment is written so. */
export function instantOf(moment: string | null): number | null {
  return moment !== null && MICROSECONDS.test(moment) ? Number(moment) : null;
}

/** Whether a range moves on with the clock. */
export function isRelative(range: TimeRange): boolean {
  return range.until === null && range.since !== null && BACK.test(range.since);
}

/** Whether a range means the same tomorrow. */
export function isFixed({ since, until }: TimeRange): boolean {
  return until !== null && [since, until].every((moment) => moment === null || /^-?\d{5,}$|^\d{4}-\d{2}/.test(moment));
}

/** `last 24 h`, `2026-11-20 14:00 to 15:00`, `all that is stored`; instants on the clock of a zone. */
export function rangeWords(range: TimeRange, zone: string): string {
  const { since, until } = range;
  if (since === null && until === null) return 'all that is stored';
  if (since === null) return `until ${momentWords(until ?? '', zone)}`;
  if (until === null || until === 'now') return openWords(since, zone);
  if (since === 'yesterday' && until === 'today') return 'yesterday';
  if (DATE.test(since) && DATE.test(until)) return daysWords(since, dayAfter(until, -1));
  const first = momentWords(since, zone);
  const last = momentWords(until, zone);
  return `${first} to ${withoutSameDate(first, last)}`;
}

/** A moment as people read it. */
export function momentWords(moment: string, zone: string): string {
  const instant = instantOf(moment);
  if (instant !== null) return zonedText(instant, zone);
  const back = BACK.exec(moment);
  return back?.[1] === undefined ? moment.replace('T', ' ') : `${spanWords(back[1])} ago`;
}

/** `2026-11-20 14:00:03.25` on the clock of a zone; what is nought at the end is left out. */
export function zonedText(instantUs: number, zone: string): string {
  const fraction = String(((instantUs % 1_000_000) + 1_000_000) % 1_000_000)
    .padStart(6, '0')
    .replace(/0+$/, '');
  const text = secondWords(Math.floor(instantUs / 1_000), zone);
  return fraction === '' ? text.replace(/(\d\d:\d\d):00$/, '$1') : `${text}.${fraction}`;
}

/** A moment as a field for date and time takes it, `2026-11-20T14:00:03`; empty where it is none of the clock. */
export function shownField(moment: string | null, zone: string): string {
  const instant = instantOf(moment);
  const text = instant === null ? (moment ?? '') : zonedText(instant, zone);
  const found = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:\.\d+)?)?$/.exec(text);
  return found?.[1] === undefined ? '' : `${found[1]}T${found[2] ?? '00:00'}`;
}

/** The date so many days later. */
export function dayAfter(date: string, days = 1): string {
  const noon = new Date(`${date}T12:00:00Z`);
  if (Number.isNaN(noon.getTime())) return date;
  noon.setUTCDate(noon.getUTCDate() + days);
  return noon.toISOString().slice(0, 10);
}

function daysWords(first: string, last: string): string {
  return first === last ? first : `${first} to ${last}`;
}

function openWords(since: string, zone: string): string {
  const back = BACK.exec(since);
  if (back?.[1] !== undefined) return `last ${spanWords(back[1])}`;
  return since === 'today' ? 'today' : `since ${momentWords(since, zone)}`;
}

/** `2h30m` as `2 h 30 min`. */
function spanWords(span: string): string {
  return span
    .toLowerCase()
    .replace(/(\d+)([smhdw])/g, (_, number: string, unit: string) => {
      const name = unit === 'w' && Number(number) === 1 ? 'week' : (UNITS[unit] ?? unit);
      return `${Number(number)} ${name} `;
    })
    .trim();
}

function withoutSameDate(first: string, last: string): string {
  const date = /^\d{4}-\d{2}-\d{2} (?=\d)/.exec(first)?.[0];
  return date !== undefined && last.startsWith(date) ? last.slice(date.length) : last;
}
