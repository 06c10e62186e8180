/** What the page says of the rows it has. */
import { ApiError } from '@/lib/api-error';
import { count, counted } from '@/lib/format';
import type { Searched } from '@/types/shapes';

import type { RowsPage } from './api/get-rows';
import { daysSearched } from './searched-words';

/** More rows than these are not kept in a page. */
export const MOST_LOADED = 100_000;

/** `200 rows loaded, the newest first · 0.08 s · searched 1 of 2 days`. */
export function rowsWords(pages: readonly RowsPage[], order: 'newest' | 'oldest'): string {
  const loaded = loadedRows(pages);
  const last = pages.at(-1);
  if (last === undefined) return '';
  const isWhole = last.after === null;
  const parts = [
    loaded === 0 ? null : `${briefRowsWords(pages)}, the ${order} first`,
    `${(pages[0]?.seconds ?? 0).toFixed(2)} s`,
    isWhole ? null : 'more follow below',
    daysSearched(lookedAt(last)),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** Days whose rows begin and end outside of the range count as not searched; of a whole answer no day is left. */
function lookedAt({ after, searched }: RowsPage): Searched {
  const isWhole = after === null && searched.cut == null && Object.keys(searched.damaged).length === 0;
  return isWhole ? { ...searched, searched: searched.partitions } : searched;
}

/** The same where there is no room: `200 rows loaded`. */
export function briefRowsWords(pages: readonly RowsPage[]): string {
  const loaded = loadedRows(pages);
  const last = pages.at(-1);
  if (last === undefined || loaded === 0) return '';
  return last.after === null ? counted(loaded, 'row') : `${counted(loaded, 'row')} loaded`;
}

export function loadedRows(pages: readonly RowsPage[]): number {
  return pages.reduce((sum, page) => sum + page.rows.length, 0);
}

/** Why no more rows come by themselves; null: they do, or there are none. */
export function stopWords(pages: readonly RowsPage[]): string | null {
  const last = pages.at(-1);
  if (last === undefined || last.after === null) return null;
  if (loadedRows(pages) >= MOST_LOADED) {
    return `${count(MOST_LOADED)} rows are shown, and no more are loaded here. Take a shorter time range, or export them all.`;
  }
  return last.searched.cut == null ? null : cutWords(last.searched);
}

/** Why an answer is not whole. */
function cutWords({ partitions, searched }: Searched): string {
  const far =
    partitions === null || searched === null
      ? ''
      : ` after ${count(searched)} of ${counted(partitions, 'day')}`;
  return `The search stopped${far}, for its time was over. What was found until then is shown.`;
}

/** `mikrotik.main.2026-11-20: not a database`. */
export function damagedDays({ damaged }: Searched): string[] {
  return Object.entries(damaged).map(([day, why]) => `${day}: ${why}`);
}

/** What is wrong with the question itself. */
export type Fault = { of: 'query' | 'range'; message: string; position: number | null };

/** null: the question is all right, and something else is wrong. */
export function faultOf(error: Error | null): Fault | null {
  if (!(error instanceof ApiError) || (error.status !== 400 && error.status !== 422)) return null;
  const { message, code, field, position } = error;
  if (code === 'time_range' || /since|until/.test(field ?? '')) return { of: 'range', message, position: null };
  return code === 'query' || /\bq$/.test(field ?? '') ? { of: 'query', message, position } : null;
}
