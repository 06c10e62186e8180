/** The four charts of an engine: what each shows. No React. */
import type { Measure } from '@/lib/chart-history';

export interface EngineChart {
  title: string;
  series: { name: string; colour: Measure; values: readonly (number | null)[] }[];
}

const CHARTS: readonly { title: string; measures: readonly Measure[] }[] = [
  { title: 'Received', measures: ['received'] },
  { title: 'Stored', measures: ['stored'] },
  { title: 'Refused', measures: ['refused'] },
  { title: 'Lost', measures: ['kernel', 'dropped'] },
];

/** What the kernel and the engine drop is lost either way, and told apart by its colour and its name. */
const NAMES: Partial<Record<Measure, string>> = { kernel: 'kernel', dropped: 'engine' };

export function chartsOf(values: Readonly<Record<Measure, readonly (number | null)[]>>): EngineChart[] {
  return CHARTS.map(({ title, measures }) => ({
    title,
    series: measures.map((measure) => ({
      name: NAMES[measure] ?? title,
      colour: measure,
      values: values[measure],
    })),
  }));
}
