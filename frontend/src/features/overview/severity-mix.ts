/** How rows are spread over the severities. */
import { SEVERITIES } from '@/lib/severity';
import type { Histogram } from '@/types/shapes';

export interface SeverityShare {
  /** null: rows that have none. */
  code: number | null;
  rows: number;
  /** Of all rows, 0 to 1. */
  share: number;
}

/** All eight and none, the worst first: the same places whatever there is. */
export function severityMix(histogram: Histogram): SeverityShare[] {
  const sums = new Map(histogram.series.map(([value, counts]) => [value, counts.reduce((sum, each) => sum + each, 0)]));
  const codes = [...SEVERITIES.map((each) => each.code), null];
  const rows = codes.map((code) => sums.get(code) ?? 0);
  const all = rows.reduce((sum, each) => sum + each, 0);
  return codes.map((code, place) => {
    const own = rows[place] ?? 0;
    return { code, rows: own, share: all === 0 ? 0 : own / all };
  });
}

/** `12 %`, `0.3 %`, `< 0.1 %`: what is there is never shown as nothing, nor as all. */
export function shareWords(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  if (percent < 0.1) return '< 0.1 %';
  if (percent > 99.9) return '> 99.9 %';
  return `${percent.toFixed(percent < 9.95 || percent > 99 ? 1 : 0)} %`;
}
