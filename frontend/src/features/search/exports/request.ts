/** What is asked of the API when something is exported. */
import type { SearchState } from '@/lib/search-address';
import { instantOf } from '@/lib/time-range';
import type { ExportAsked } from '@/types/shapes';

export type Format = 'csv' | 'jsonl' | 'parquet' | 'raw' | 'db';

export interface Choice {
  format: Format;
  /** The shown columns, or all there are. */
  columns: 'shown' | 'all';
  bom: boolean;
  formulaSafe: boolean;
  skipDamaged: boolean;
  /** `class/engine/YYYY-MM-DD`, for a day file. */
  day: string;
  name: string;
}

export const FIRST_CHOICE: Choice = {
  format: 'csv',
  columns: 'shown',
  bom: false,
  formulaSafe: true,
  skipDamaged: false,
  day: '',
  name: '',
};

export const FORMATS: readonly { format: Format; name: string; words: string }[] = [
  { format: 'csv', name: 'CSV', words: 'for spreadsheets and scripts' },
  { format: 'jsonl', name: 'JSON lines', words: 'an object a line' },
  { format: 'parquet', name: 'Parquet', words: 'small, for analysis' },
  { format: 'raw', name: 'Original lines', words: 'as the devices sent them' },
  { format: 'db', name: 'Day file', words: 'SQLite: one whole day of one engine' },
];

/** Whether columns can be chosen: original lines have none, and a day file has all. */
export function hasColumns(format: Format): boolean {
  return format === 'csv' || format === 'jsonl' || format === 'parquet';
}

type Body = Partial<ExportAsked> & Pick<ExportAsked, 'format'>;

export function requestOf(search: SearchState, choice: Choice, shown: readonly string[]): Body {
  const { format, skipDamaged } = choice;
  const name = choice.name.trim();
  const named = name === '' ? {} : { name };
  if (format === 'db') return { format, days: [choice.day], ...named };
  const columns = hasColumns(format) && choice.columns === 'shown' ? [...shown] : [];
  const { since, until } = search.range;
  return {
    format,
    ...(search.q.trim() === '' ? {} : { q: search.q }),
    query: {
      engines: [...search.engines],
      classes: [...search.classes],
      since: instantOf(since) ?? since,
      until: instantOf(until) ?? until,
      order: search.order,
      columns,
      limit: 100,
    },
    ...(format === 'csv' ? { bom: choice.bom, formula_safe: choice.formulaSafe } : {}),
    skip_damaged: skipDamaged,
    ...named,
  };
}

/** The shown columns that there are: a column that no day has would be refused. */
export function columnsThere(shown: readonly string[], known: readonly string[] | null): string[] {
  if (known === null || known.length === 0) return [...shown];
  const there = new Set([...known, 'time', 'original_log', 'id']);
  return shown.filter((name) => there.has(name));
}
