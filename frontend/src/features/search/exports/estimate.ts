/** How large an export will be: the rows that match, times what a row of the newest ones takes. */
import { bytes, counted } from '@/lib/format';
import type { Counted } from '@/types/shapes';

import type { Format } from './request';

export type SampleRow = Readonly<Record<string, unknown>>;

/** What a row of the API has beside the columns of an export. */
const NOT_EXPORTED = new Set(['received_at', 'time_zone', 'day', 'date']);
/** Compressed by columns. Firewall lines, which are much alike, took a tenth of their CSV; others take more. */
const PARQUET_SHARE = 0.15;

const encoder = new TextEncoder();

/** Bytes a row; null: nothing to measure. columns: none are all. */
export function bytesARow(rows: readonly SampleRow[], format: Format, columns: readonly string[]): number | null {
  if (rows.length === 0 || format === 'db') return null;
  const sum = rows.reduce((all, row) => all + bytesOf(row, format, columns), 0);
  return sum / rows.length;
}

function bytesOf(row: SampleRow, format: Format, columns: readonly string[]): number {
  const names = columns.length > 0 ? columns : Object.keys(row).filter((name) => !NOT_EXPORTED.has(name));
  if (format === 'raw') return sizeOf(textOf(row['original_log'])) + 1;
  if (format === 'jsonl') return sizeOf(JSON.stringify(Object.fromEntries(names.map((name) => [name, row[name] ?? null])))) + 1;
  const csv = names.reduce((all, name) => all + cellSize(textOf(row[name])), 0) + names.length + 1;
  return format === 'parquet' ? csv * PARQUET_SHARE : csv;
}

/** As CSV writes it: in quotes where it must be. */
function cellSize(text: string): number {
  const quotes = /[",\r\n]/.test(text) ? 2 + (text.match(/"/g)?.length ?? 0) : 0;
  return sizeOf(text) + quotes;
}

function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function sizeOf(text: string): number {
  return encoder.encode(text).length;
}

/** `1,284,003 rows, about 312 MB`. */
export function estimateWords(found: Counted, perRow: number | null): string {
  const isLeast = !found.exact || found.searched.cut != null;
  const rows = `${isLeast ? 'at least ' : ''}${counted(found.count, 'row')}`;
  if (found.count === 0) return 'No row matches: the file would be empty.';
  return perRow === null ? `${rows}.` : `${rows}, about ${bytes(found.count * perRow)}.`;
}
