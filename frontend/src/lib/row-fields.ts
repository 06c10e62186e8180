/** The fields of a row, in the order in which people look for them. No React. */
import { LINE } from './log-columns';
import type { Cell, LogRow } from './log-row';

export interface Field {
  name: string;
  value: Cell;
}

const FIRST = ['severity', 'facility', 'log_sender_ip', 'client'];
const LAST = ['class', 'engine', 'day'];

/** Without the line, which has a place of its own; `columns` first, as the rows beside it have them. */
export function fieldsOf(row: LogRow, columns: readonly string[] = []): Field[] {
  const names = Object.keys(row.values).filter((name) => name !== LINE);
  const asked = [...columns.filter((name) => names.includes(name)), ...FIRST.filter((name) => names.includes(name))];
  const others = names.filter((name) => !LAST.includes(name));
  const ends = LAST.filter((name) => names.includes(name));
  return [...new Set([...asked, ...others, ...ends])].map((name) => ({ name, value: row.values[name] ?? null }));
}

/** Those whose name or value has a text in it. */
export function matching(fields: readonly Field[], text: string): Field[] {
  const wanted = text.trim().toLowerCase();
  if (wanted === '') return [...fields];
  return fields.filter(({ name, value }) => `${name} ${String(value ?? '')}`.toLowerCase().includes(wanted));
}

/** The whole row as JSON, for another program. */
export function jsonOf(row: LogRow): string {
  return JSON.stringify({ id: row.id, received_at: row.receivedAt, ...row.values }, null, 2);
}
