/** The greatest value of a chart. */
import type { ChartSeries } from '@/components/charts/time-chart';

export function mostOf(series: readonly ChartSeries[]): number {
  return series.reduce(
    (most, each) => each.values.reduce<number>((found, value) => Math.max(found, value ?? 0), most),
    0,
  );
}
