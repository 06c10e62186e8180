/** Where the cursor of a grid is, and where a key takes it. No React. */
import type { LogRow } from '@/lib/log-row';
import { nextError, stepped } from '@/lib/row-steps';

export interface Cursor {
  /** -1: the headings; null: nowhere yet. */
  place: number | null;
  /** null: the row as a whole. */
  column: number | null;
}

export interface Bounds {
  rows: readonly LogRow[];
  columns: number;
  /** How many rows can be seen at once. */
  page: number;
  hasHeadings: boolean;
}

const HEADINGS = -1;

/** null: this key moves nothing. */
export function movedCursor(key: string, isWithControl: boolean, cursor: Cursor, bounds: Bounds): Cursor | null {
  switch (key) {
    case 'ArrowDown':
      return byRows(cursor, 1, bounds);
    case 'ArrowUp':
      return byRows(cursor, -1, bounds);
    case 'PageDown':
      return byRows(cursor, bounds.page, bounds);
    case 'PageUp':
      return byRows(cursor, -bounds.page, bounds);
    case 'ArrowRight':
      return { ...cursor, column: Math.min(bounds.columns - 1, (cursor.column ?? -1) + 1) };
    case 'ArrowLeft':
      return { ...cursor, column: leftOf(cursor) };
    case 'Home':
      return isWithControl ? { ...cursor, place: stepped(bounds.rows, 0, 0) } : { ...cursor, column: 0 };
    case 'End':
      return isWithControl
        ? { ...cursor, place: stepped(bounds.rows, bounds.rows.length - 1, 0) }
        : { ...cursor, column: bounds.columns - 1 };
    default:
      return null;
  }
}

/** j, k, g, G, e, E: the keys that work wherever one is on the page. null: there is no such row. */
export function jumped(key: string, cursor: Cursor, rows: readonly LogRow[]): number | null {
  const from = cursor.place ?? HEADINGS;
  switch (key) {
    case 'j':
      return stepped(rows, from, 1);
    case 'k':
      return stepped(rows, from, -1);
    case 'g':
      return stepped(rows, 0, 0);
    case 'G':
      return stepped(rows, rows.length - 1, 0);
    case 'e':
      return nextError(rows, from, 1);
    case 'E':
      return nextError(rows, from < 0 ? rows.length : from, -1);
    default:
      return null;
  }
}

function byRows(cursor: Cursor, by: number, { rows, hasHeadings, columns }: Bounds): Cursor {
  const { place } = cursor;
  if (place === HEADINGS) return by > 0 ? { ...cursor, place: stepped(rows, HEADINGS, 1) } : cursor;
  if (by === -1 && place === 0 && hasHeadings) return { place: HEADINGS, column: Math.min(columns - 1, cursor.column ?? 0) };
  return { ...cursor, place: stepped(rows, place ?? HEADINGS, by) };
}

/** Before the first cell is the row as a whole; before the first heading is nothing. */
function leftOf({ place, column }: Cursor): number | null {
  if (column === null || column === 0) return place === HEADINGS ? 0 : null;
  return column - 1;
}
