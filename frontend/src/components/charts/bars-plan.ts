/** What a chart of stacked bars is made of: places and paths in pixels, ticks, words. No React. */
import { clockWords, dayWords, minuteWords, offsetWords } from '@/lib/zone';

export interface BarSeries {
  name: string;
  colour: string;
  /** One of each step. */
  values: readonly number[];
}

export interface Room {
  width: number;
  height: number;
  /** Steps. */
  count: number;
  /** What the full height means. */
  most: number;
}

export interface Tick {
  index: number;
  words: string;
}

const HEADROOM_PX = 6;
const LEAST_SEGMENT_PX = 1.5;
const GAP_PX = 1;
const TICK_PX = 92;
const DAY_S = 86_400;
const CLOCK_UNITS_S = [1, 5, 10, 15, 30, 60, 300, 600, 900, 1_800, 3_600, 7_200, 10_800, 21_600, 43_200];

export function totalsOf(series: readonly BarSeries[], count: number): number[] {
  return Array.from({ length: count }, (_, index) => series.reduce((sum, each) => sum + (each.values[index] ?? 0), 0));
}

/** A number of one digit with zeros: the end of the scale. */
export function scaleOf(most: number): number {
  if (most <= 1) return 1;
  const zeros = 10 ** Math.floor(Math.log10(most));
  return zeros * ([1, 2, 3, 4, 5, 6, 8, 10].find((each) => each * zeros >= most) ?? 10);
}

/** One path a series, the first at the bottom. What is there at all is seen, be it one row among a million. */
export function stackPaths(series: readonly BarSeries[], room: Room): string[] {
  const step = room.width / room.count;
  const gap = step > 4 * GAP_PX ? GAP_PX : 0;
  const perOne = Math.max(0, room.height - HEADROOM_PX) / room.most;
  const filled = new Array<number>(room.count).fill(0);
  return series.map(({ values }) =>
    Array.from({ length: room.count }, (_, index) => {
      const value = values[index] ?? 0;
      if (value <= 0) return '';
      const base = filled[index] ?? 0;
      const high = Math.min(Math.max(LEAST_SEGMENT_PX, value * perOne), room.height - base);
      filled[index] = base + high;
      return `M${px(index * step)} ${px(room.height - base)}v${px(-high)}h${px(step - gap)}v${px(high)}z`;
    }).join(''),
  );
}

export function indexAt(x: number, room: Pick<Room, 'width' | 'count'>): number {
  return Math.min(room.count - 1, Math.max(0, Math.floor((x / room.width) * room.count)));
}

/** Steps are others when one of these is. */
export function stepsKey(steps: readonly number[]): string {
  return `${steps[0] ?? ''} ${steps.at(-1) ?? ''} ${steps.length}`;
}

/** Where the axis is written on: full units of the zone's clock, never nearer to one another than can be read. */
export function ticksOf(steps: readonly number[], zone: string, width: number): Tick[] {
  const [first, second] = steps;
  if (first === undefined || second === undefined) {
    return first === undefined ? [] : [{ index: 0, words: tickWords(first, zone, secondsOfDay(first, zone) % 60 === 0 ? 60 : 1) }];
  }
  const apart = Math.ceil((TICK_PX * steps.length) / Math.max(width, 1));
  const stepSeconds = (second - first) / 1_000_000;
  const unit = stepSeconds < 0.9 * DAY_S ? (CLOCK_UNITS_S.find((each) => each >= apart * stepSeconds) ?? DAY_S) : null;
  const ticks: Tick[] = [];
  steps.forEach((start, index) => {
    const isFull = unit === null || secondsOfDay(start, zone) % unit === 0;
    const isApart = index - (ticks.at(-1)?.index ?? -apart) >= apart;
    if (isFull && isApart) ticks.push({ index, words: tickWords(start, zone, unit ?? DAY_S) });
  });
  return ticks;
}

/** `2026-11-21 14:00 to 14:15`, `2026-11-21`, `2026-11-16 to 2026-11-22`. With the offset where the clock changes. */
export function spanWords(from: number, until: number, zone: string, withOffset = false): string {
  const [start, end] = [from / 1_000, until / 1_000];
  const [startDay, lastDay] = [dayWords(start, zone), dayWords(Math.max(start, end - 1), zone)];
  if (secondsOfDay(from, zone) === 0 && secondsOfDay(until, zone) === 0 && until > from) {
    return startDay === lastDay ? startDay : `${startDay} to ${lastDay}`;
  }
  const words = secondsOfDay(from, zone) % 60 === 0 && secondsOfDay(until, zone) % 60 === 0 ? minuteWords : clockWords;
  const offset = withOffset ? ` (${offsetWords(start, zone)})` : '';
  const endDay = startDay === lastDay ? '' : `${dayWords(end, zone)} `;
  return `${startDay} ${words(start, zone)}${offset} to ${endDay}${words(end, zone)}`;
}

/** Whether the zone's clock is changed between the first step and the last. */
export function isClockChanged(steps: readonly number[], zone: string): boolean {
  const [first, last] = [steps[0], steps.at(-1)];
  if (first === undefined || last === undefined) return false;
  return offsetWords(first / 1_000, zone) !== offsetWords(last / 1_000, zone);
}

/** The end of each step is the beginning of the next one; the last is as long as the one before, where nobody says. */
export function endOf(steps: readonly number[], index: number, end?: number): number {
  const next = steps[index + 1];
  if (next !== undefined) return next;
  const start = steps[index] ?? 0;
  return end ?? start + (start - (steps[index - 1] ?? start - 60_000_000));
}

function tickWords(start: number, zone: string, unit: number): string {
  if (unit >= DAY_S || secondsOfDay(start, zone) === 0) return dayWords(start / 1_000, zone);
  return (unit < 60 ? clockWords : minuteWords)(start / 1_000, zone);
}

function secondsOfDay(at: number, zone: string): number {
  const [hours = 0, minutes = 0, seconds = 0] = clockWords(at / 1_000, zone).split(':').map(Number);
  return hours * 3_600 + minutes * 60 + seconds;
}

function px(value: number): string {
  return String(Math.round(value * 100) / 100);
}
