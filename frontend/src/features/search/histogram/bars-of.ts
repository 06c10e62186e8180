/** What the API counted, as bars: by severity, by the values of a field, or all as one. */
import type { BarSeries } from '@/components/charts/bars-plan';
import type { Palette } from '@/config/tokens';
import { severityName } from '@/lib/severity';
import { visibleText } from '@/lib/visible-text';
import type { Histogram } from '@/types/shapes';

/** What the bars are apart by: a field, or nothing. */
export type By = string;

export const PLAIN: By = '';
export const BY_SEVERITY: By = 'severity';
/** All eight severities, and none. */
const SEVERITIES = 9;
const VALUES = 8;
const NONE = 'none';
const OTHERS = 'others';

type Colours = Pick<Palette, 'accent' | 'severity' | 'values' | 'rest' | 'secondary'>;

export function topOf(by: By): number {
  return by === BY_SEVERITY ? SEVERITIES : VALUES;
}

/** The worst severity is at the bottom, where few are seen best. */
export function barsOf(found: Pick<Histogram, 'counts' | 'series' | 'others'>, by: By, colours: Colours): BarSeries[] {
  if (by === PLAIN || found.series.length === 0) return [{ name: 'rows', colour: colours.accent, values: found.counts }];
  const series = by === BY_SEVERITY ? bySeverity(found.series, colours) : byValue(found.series, colours);
  const hasOthers = found.others.some((each) => each > 0);
  return hasOthers ? [...series, { name: OTHERS, colour: colours.rest, values: found.others }] : series;
}

function bySeverity(series: Histogram['series'], { severity, rest }: Colours): BarSeries[] {
  const rank = (value: Histogram['series'][number][0]) => (typeof value === 'number' ? value : Number.MAX_SAFE_INTEGER);
  return [...series]
    .sort(([one], [other]) => rank(one) - rank(other))
    .map(([value, values]) => ({
      name: typeof value === 'string' ? visibleText(value) : severityName(value),
      colour: typeof value === 'number' ? (severity[value] ?? rest) : rest,
      values,
    }));
}

function byValue(series: Histogram['series'], colours: Colours): BarSeries[] {
  return series.map(([value, values], place) => ({
    name: value === null ? NONE : visibleText(String(value)),
    colour: value === null ? colours.secondary : (colours.values[place] ?? colours.rest),
    values,
  }));
}
