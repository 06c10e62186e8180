/** The figures of a field in words. No React. */
import { count } from '@/lib/format';

/** `98.2 %`; null: nothing has been searched for it yet. */
export function hitRateInWords(hitRate: number | null): string {
  if (hitRate === null) return '–';
  const percent = hitRate * 100;
  // What is not all, or not nothing, is never rounded to that.
  if (percent > 99.9 && percent < 100) return '> 99.9 %';
  if (percent > 0 && percent < 0.1) return '< 0.1 %';
  return `${Number(percent.toFixed(1))} %`;
}

/** `160 ns`, `228 µs`. */
export function costInWords(nanoseconds: number | null): string {
  if (nanoseconds === null) return '–';
  return nanoseconds < 10_000 ? `${count(nanoseconds)} ns` : `${count(nanoseconds / 1_000)} µs`;
}

/** `re` patterns are searched line by line, the others in whole batches. */
export function roadInWords(road: string | null | undefined): string {
  if (road == null) return '–';
  return road === 're' ? 'line by line' : road;
}
