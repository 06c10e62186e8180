/** Columns of rows: which, in what order, how wide. No React. */

export interface LogColumn {
  name: string;
  /** px */
  width: number;
}

/** How rows are shown. */
export type Density = 'dense' | 'comfortable';

export const LINE = 'original_log';
export const TIME = 'time';
export const SEVERITY = 'severity';

export const LEAST_WIDTH_PX = 48;
export const MOST_WIDTH_PX = 4_000;

/** What a column takes before anybody has drawn at it; the line has what is left, and at least this. */
const WIDTHS_PX: Readonly<Record<string, number>> = {
  [TIME]: 200,
  [SEVERITY]: 96,
  [LINE]: 720,
  log_sender_ip: 128,
  client: 128,
  engine: 112,
  class: 112,
  day: 104,
  facility: 88,
};
const OTHER_WIDTH_PX = 144;

/** What is shown where nobody has chosen yet. */
export const FIRST_COLUMNS: readonly string[] = [TIME, SEVERITY, 'log_sender_ip', LINE];

export function firstWidth(name: string): number {
  return WIDTHS_PX[name] ?? OTHER_WIDTH_PX;
}

/** Columns of these names; the widths of those that were there stay. */
export function columnsOf(names: readonly string[], former: readonly LogColumn[] = []): LogColumn[] {
  const widths = new Map(former.map(({ name, width }) => [name, width]));
  return [...new Set(names)].map((name) => ({ name, width: widths.get(name) ?? firstWidth(name) }));
}

export function namesOf(columns: readonly LogColumn[]): string[] {
  return columns.map(({ name }) => name);
}

/** One column wider or narrower, within reason. */
export function resized(columns: readonly LogColumn[], name: string, width: number): LogColumn[] {
  const sound = Math.round(Math.min(MOST_WIDTH_PX, Math.max(LEAST_WIDTH_PX, width)));
  return columns.map((each) => (each.name === name ? { name, width: sound } : each));
}

/** One column by so many places to the right; at the ends it stays. */
export function movedBy(columns: readonly LogColumn[], name: string, places: number): LogColumn[] {
  const from = columns.findIndex((each) => each.name === name);
  return from < 0 ? [...columns] : movedTo(columns, name, from + places);
}

/** One column to a place. */
export function movedTo(columns: readonly LogColumn[], name: string, place: number): LogColumn[] {
  const moved = columns.find((each) => each.name === name);
  if (moved === undefined) return [...columns];
  const others = columns.filter((each) => each !== moved);
  const to = Math.min(others.length, Math.max(0, place));
  return [...others.slice(0, to), moved, ...others.slice(to)];
}

export function without(columns: readonly LogColumn[], name: string): LogColumn[] {
  return columns.filter((each) => each.name !== name);
}
