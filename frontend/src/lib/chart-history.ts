/** What live charts remember: rates by the second as they came, minutes of the ledger where no second was heard. */
import type { EngineSeen, LedgerHistory, LedgerSeries } from '@/types/shapes';

import { balanceOf } from './ledger';

/** Messages a second. */
export interface Moment {
  /** ms since the epoch. */
  at: number;
  /** How long a time it is of, s; a second where nothing is said. */
  seconds?: number;
  received: number;
  stored: number;
  refused: number;
  dropped: number;
  kernel: number;
}

export type Measure = 'received' | 'stored' | 'refused' | 'dropped' | 'kernel';

export const MEASURES: readonly Measure[] = ['received', 'stored', 'refused', 'dropped', 'kernel'];

/** Ten minutes of seconds. */
export const MOST_MOMENTS = 600;
export const WINDOW_MS = 600_000;

const MINUTE_MS = 60_000;
/** What is missing between two moments beyond their own lengths is a gap. */
const PATIENCE_MS = 3_000;

export function remembered(history: readonly Moment[], moment: Moment): readonly Moment[] {
  return [...history.slice(-(MOST_MOMENTS - 1)), moment];
}

/** The rates of an engine at this moment; what the kernel dropped is told as a count only, so it is since the last one. */
export function momentOf(now: EngineSeen, before: EngineSeen | undefined, seconds: number, at: number): Moment {
  const second = now.whole ? now.rates?.over['1'] : undefined;
  return {
    at,
    received: (now.whole ? now.rates?.received_per_second : undefined) ?? 0,
    stored: (now.whole ? now.rates?.stored_per_second : undefined) ?? 0,
    refused: second?.['refused'] ?? 0,
    dropped: second?.['dropped'] ?? 0,
    kernel: kernelRate(now, before, seconds),
  };
}

/** A count that is less than before began anew. */
function kernelRate(now: EngineSeen, before: EngineSeen | undefined, seconds: number): number {
  if (!now.whole || !now.ledger || before?.whole !== true || !before.ledger || seconds <= 0) return 0;
  return Math.max(0, balanceOf(now.ledger).kernel - balanceOf(before.ledger).kernel) / seconds;
}

export function sumOfMoments(moments: readonly Moment[], at: number): Moment {
  const sum: Moment = { at, received: 0, stored: 0, refused: 0, dropped: 0, kernel: 0 };
  for (const each of moments) for (const measure of MEASURES) sum[measure] += each[measure];
  return sum;
}

/** Minutes of the ledger as rates; `at` is a minute's middle. Of all series together. */
export function minutesOf(history: LedgerHistory): Moment[] {
  return history.starts.map((start, place) => ({
    at: start / 1_000 + MINUTE_MS / 2,
    seconds: 60,
    received: rateIn(history.series, 'received', place),
    stored: rateIn(history.series, 'stored', place),
    refused: rateIn(history.series, 'refused', place),
    dropped: history.series.reduce((sum, each) => sum + droppedIn(each, place), 0) / 60,
    kernel: rateIn(history.series, 'kernel_dropped', place),
  }));
}

function rateIn(series: readonly LedgerSeries[], name: string, place: number): number {
  return series.reduce((sum, each) => sum + (each.counts[name]?.[place] ?? 0), 0) / 60;
}

export function droppedIn(series: LedgerSeries, place: number): number {
  return Object.values(series.dropped ?? {}).reduce((sum, each) => sum + (each[place] ?? 0), 0);
}

/** Seconds where there are some, whole minutes where there are none: so a fresh page, or one that slept, is not empty. */
export function joined(live: readonly Moment[], minutes: readonly Moment[], from: number, to: number): Moment[] {
  const heard = new Set(live.map((moment) => Math.floor(moment.at / MINUTE_MS)));
  const missing = minutes.filter(
    (minute) =>
      !heard.has(Math.floor(minute.at / MINUTE_MS)) && minute.at >= from - MINUTE_MS && minute.at + MINUTE_MS / 2 <= to,
  );
  const inside = live.filter((moment) => moment.at >= from && moment.at <= to);
  return [...missing, ...inside].sort((one, other) => one.at - other.at);
}

/** The columns of a chart. */
export interface Columns {
  times: number[];
  values: Record<Measure, (number | null)[]>;
}

/** A gap is a moment that nothing is known of, so that no line is drawn across it. */
export function columnsOf(moments: readonly Moment[]): Columns {
  const columns: Columns = { times: [], values: { received: [], stored: [], refused: [], dropped: [], kernel: [] } };
  let last: Moment | null = null;
  for (const moment of moments) {
    if (last !== null && isGap(last, moment)) add(columns, (last.at + moment.at) / 2, null);
    add(columns, moment.at, moment);
    last = moment;
  }
  return columns;
}

function isGap(one: Moment, other: Moment): boolean {
  return other.at - one.at > 2_000 * Math.max(one.seconds ?? 1, other.seconds ?? 1) + PATIENCE_MS;
}

function add(columns: Columns, at: number, moment: Moment | null): void {
  columns.times.push(at);
  for (const measure of MEASURES) columns.values[measure].push(moment === null ? null : moment[measure]);
}
