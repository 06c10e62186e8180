/** What a chart is made of, and what it says in words. No React, no canvas. */
import { clockWords, momentWords } from '@/lib/zone';

import type { SeriesColour } from './colour';

export interface ChartSeries {
  name: string;
  colour: SeriesColour;
  /** Behind each value, where the format does not have it. */
  unit?: string;
  /** null: not known then, and the line is broken. */
  values: readonly (number | null)[];
}

const DAY_MS = 86_400_000;

/** Each series on the ones before it. What is not known counts as nothing there, but stays unknown itself. */
export function stackedValues(series: readonly ChartSeries[]): (number | null)[][] {
  const sums: number[] = [];
  return series.map((each) =>
    each.values.map((value, place) => {
      if (value === null) return null;
      const sum = (sums[place] ?? 0) + value;
      sums[place] = sum;
      return sum;
    }),
  );
}

export interface Reading {
  name: string;
  colour: SeriesColour;
  words: string;
}

/** The values at a moment, in words; without one, the last that is known. */
export function readingsOf(
  series: readonly ChartSeries[],
  place: number | null,
  format: (value: number) => string,
): Reading[] {
  return series.map((each) => {
    const value = place === null ? lastKnown(each.values) : (each.values[place] ?? null);
    return { name: each.name, colour: each.colour, words: valueWords(value, each.unit, format) };
  });
}

function valueWords(value: number | null, unit: string | undefined, format: (value: number) => string): string {
  if (value === null) return 'unknown';
  return unit === undefined ? format(value) : `${format(value)} ${unit}`;
}

export function lastKnown(values: readonly (number | null)[]): number | null {
  return values.findLast((value) => value !== null) ?? null;
}

/** The moment of a value: the day, too, where the chart is of more than one. */
export function whenWords(times: readonly number[], place: number | null, zone: string): string {
  const at = place === null ? undefined : times[place];
  if (at === undefined) return '';
  const length = (times.at(-1) ?? at) - (times[0] ?? at);
  return length > DAY_MS / 2 ? momentWords(at, zone).slice(0, -3) : clockWords(at, zone);
}

/** The chart without eyes: of each series the last value, the least and the most. */
export function summaryOf(series: readonly ChartSeries[], format: (value: number) => string): string {
  const parts = series.map((each) => {
    const known = each.values.filter((value) => value !== null);
    if (known.length === 0) return `${each.name}: nothing known`;
    const words = (value: number | null) => valueWords(value, each.unit, format);
    const least = known.reduce((one, other) => Math.min(one, other));
    const most = known.reduce((one, other) => Math.max(one, other));
    return `${each.name}: ${words(lastKnown(each.values))} at last, between ${words(least)} and ${words(most)}`;
  });
  return `${parts.join('; ')}.`;
}

const AXIS = new Intl.NumberFormat('en-US', { notation: 'compact', maximumSignificantDigits: 3 });

export function axisWords(value: number): string {
  return AXIS.format(value);
}

const ENDS = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** A round number above the greatest value: the end of an axis, so that it does not move with every value. */
export function axisEnd(most: number): number {
  if (most <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = ENDS.find((each) => each * power >= most * 1.001) ?? 15;
  return step * power;
}
