/** Which step of time fits: as many bars as can be told apart. */
import { instantOf, isRelative, type TimeRange } from '@/lib/time-range';

/** What the API takes by itself, and what a chart of a usual width has room for. */
export const MOST_BARS = 120;
const FEW_BARS = 40;
const NARROW_PX = 480;

const BACK = /^(?:(?:now)?-)?((?:\d{1,9}[smhdw])+)$/i;
const UNITS_S: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3_600, d: 86_400, w: 604_800 };
const STEPS: readonly (readonly [name: string, seconds: number])[] = [
  ['1s', 1],
  ['5s', 5],
  ['10s', 10],
  ['15s', 15],
  ['30s', 30],
  ['1m', 60],
  ['5m', 300],
  ['10m', 600],
  ['15m', 900],
  ['30m', 1_800],
  ['1h', 3_600],
  ['2h', 7_200],
  ['3h', 10_800],
  ['6h', 21_600],
  ['12h', 43_200],
  ['1d', 86_400],
  ['2d', 172_800],
  ['1w', 604_800],
  ['2w', 1_209_600],
  ['1mo', 2_419_200],
  ['3mo', 7_257_600],
  ['12mo', 29_030_400],
];
/** Two are begun before and ended behind the range, one is for a clock that was turned back. */
const SPARE = 3;

/** How many bars there may be; two answers only, so that a window that is drawn wider is not asked for each time. */
export function mostBars(width: number | null): number {
  return width !== null && width < NARROW_PX ? FEW_BARS : MOST_BARS;
}

/** null: the API takes one that fits. */
export function stepFor(range: TimeRange, most: number): string | null {
  const seconds = secondsOf(range);
  if (seconds === null || most >= MOST_BARS) return null;
  return STEPS.find(([, each]) => Math.floor(seconds / each) + SPARE <= most)?.[0] ?? null;
}

/** A chart up to now also shows that nothing came lately; the API's own would end with the last row. */
export function reachesNow(range: TimeRange): boolean {
  return isRelative(range) || (range.until === null && (range.since === 'today' || range.since === 'yesterday'));
}

/** How long a range is, where that can be read from it. */
export function secondsOf({ since, until }: TimeRange): number | null {
  const [from, to] = [instantOf(since), instantOf(until)];
  if (from !== null && to !== null) return (to - from) / 1_000_000;
  const back = since === null ? null : BACK.exec(since);
  if (back?.[1] === undefined || (until !== null && until !== 'now')) return null;
  return [...back[1].matchAll(/(\d+)([smhdw])/gi)].reduce(
    (sum, [, number, unit]) => sum + Number(number) * (UNITS_S[(unit ?? '').toLowerCase()] ?? 0),
    0,
  );
}

const NAMES: Readonly<Record<string, string>> = { s: 's', m: 'min', h: 'h', d: 'd', w: 'w', mo: 'months' };

/** `15m` as `15 min`. */
export function stepWords(step: string): string {
  const found = /^(\d+)([a-z]+)$/.exec(step);
  if (found === null) return step;
  return step === '1mo' ? '1 month' : `${found[1] ?? ''} ${NAMES[found[2] ?? ''] ?? ''}`;
}
