/** What the API says of rows, as the pages have them. No React. */
import type { Cell, LogRow } from './log-row';

/** A row of `GET /logs`, `/logs/{id}` and its context. */
export interface RowObject {
  id: string;
  received_at: number;
  [column: string]: unknown;
}

/** A message `tail` of the live connection. */
export interface TailMessage {
  rows: number;
  class?: string;
  engine?: string;
  day?: string;
  columns?: Readonly<Record<string, readonly unknown[]>>;
}

/** What stands in a place of its own, or says the same as another. */
const APART: ReadonlySet<string> = new Set(['id', 'received_at', 'time', 'time_zone', 'date']);

/** Rows of a page, or of a message of a live tail. */
export function rowsOf(told: readonly RowObject[] | TailMessage): LogRow[] {
  return isPage(told) ? told.map(rowOf) : arrived(told);
}

export function rowOf(told: RowObject): LogRow {
  const values: Record<string, Cell> = {};
  for (const name of Object.keys(told)) {
    if (!APART.has(name)) values[name] = cell(told[name]);
  }
  return { id: told.id, receivedAt: told.received_at, values };
}

function isPage(told: readonly RowObject[] | TailMessage): told is readonly RowObject[] {
  return Array.isArray(told);
}

function arrived({ class: className, engine, day, columns }: TailMessage): LogRow[] {
  const ids = columns?.['id'] ?? [];
  const stamps = columns?.['received_at'] ?? [];
  const fields = Object.entries(columns ?? {}).filter(([name]) => !APART.has(name));
  const constants = { class: className ?? null, engine: engine ?? null, day: day ?? null };
  return ids.map((id, place) => {
    const values: Record<string, Cell> = { ...constants };
    for (const [name, cells] of fields) values[name] = cell(cells[place]);
    return { id: String(id), receivedAt: Number(stamps[place]), values };
  });
}

function cell(value: unknown): Cell {
  if (typeof value === 'string' || typeof value === 'number') return value;
  return value === null || value === undefined ? null : JSON.stringify(value);
}
