/** What of a facet is shown: values in words, their rows, and what share of all these are. */
import { count } from '@/lib/format';
import type { Cell } from '@/lib/log-row';
import { severityName } from '@/lib/severity';
import { visibleText } from '@/lib/visible-text';
import type { Facet, FacetsFound } from '@/types/shapes';

export interface ValueLine {
  value: Cell;
  words: string;
  rows: number;
  /** 0 to 1, of all rows that were looked at; null: of how many is not known. */
  share: number | null;
  /** 0 to 1, of what is most frequent: how long its bar is. */
  length: number;
}

/** How many values are shown, step by step. */
const SIZES = [10, 50, 200, 1_000];
export const FIRST_SIZE = 10;

export function linesOf(facet: Facet, found: Pick<FacetsFound, 'rows' | 'searched'>): ValueLine[] {
  const all = rowsOf(facet, found);
  const most = Math.max(1, ...facet.values.map(([, rows]) => rows));
  return facet.values.map(([value, rows]) => ({
    value,
    words: valueWords(facet.field, value),
    rows,
    share: all === null || all === 0 ? null : rows / all,
    length: all === null || all === 0 ? rows / most : rows / all,
  }));
}

/** Of how many rows these are. Exact figures in an answer that is cut are of more rows than the answer names. */
function rowsOf(facet: Facet, { rows, searched }: Pick<FacetsFound, 'rows' | 'searched'>): number | null {
  const shown = facet.values.reduce((sum, [, each]) => sum + each, 0);
  if (facet.approximate || searched.cut == null) return Math.max(rows, shown);
  return facet.distinct !== null && facet.distinct <= facet.values.length ? shown : null;
}

export function valueWords(field: string, value: Cell): string {
  if (value === null) return 'no value';
  if (value === '') return 'empty text';
  if (field === 'severity' && typeof value === 'number') return severityName(value);
  return visibleText(String(value));
}

/** `31 %`; what is there at all is not 0 %, and what is not all is not 100 %. */
export function percent(share: number): string {
  if (share > 0 && share < 0.01) return '<1 %';
  if (share < 1 && share > 0.99) return '>99 %';
  return `${Math.round(share * 100)} %`;
}

/** The next larger number of values; null: all are shown, or as many as there may be. */
export function moreThan(facet: Facet, size: number): number | null {
  const areAll = facet.distinct === null ? facet.values.length < size : facet.values.length >= facet.distinct;
  return areAll ? null : (SIZES.find((each) => each > size) ?? null);
}

/** Why counts are not the whole truth; null: they are. */
export function approximateWords(facet: Facet, found: Pick<FacetsFound, 'rows' | 'searched'>): string | null {
  if (!facet.approximate) return null;
  if (found.searched.cut === 'rows') return `Approximate: of the newest ${count(found.rows)} rows.`;
  if (found.searched.cut === 'deadline') return `Approximate: the time was over after ${count(found.rows)} rows.`;
  if (Object.keys(found.searched.damaged).length > 0) return 'Approximate: some days cannot be read.';
  return 'Approximate: there are more values than can be counted.';
}
