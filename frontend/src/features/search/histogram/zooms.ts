/** Which ranges were zoomed to: only from these leads a way back. */
import { between, sameRange, type TimeRange } from '@/lib/time-range';

export function withZoom(zooms: readonly TimeRange[], fromUs: number, untilUs: number): TimeRange[] {
  return [...zooms, between(fromUs, untilUs)];
}

export function isZoomed(zooms: readonly TimeRange[], range: TimeRange): boolean {
  return zooms.some((each) => sameRange(each, range));
}

/** A selection within what was asked for: the first step begins before it, the last may end behind. */
export function within(
  from: number,
  until: number,
  { since, until: end }: { since?: number | null; until?: number | null },
): readonly [number, number] {
  return [Math.max(from, since ?? from), Math.min(until, end ?? until)];
}
