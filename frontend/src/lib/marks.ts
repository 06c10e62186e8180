/** What a query looks for, to be marked in the rows it has found. */
import { LINE } from './log-columns';
import type { Marks } from './log-row';

/** A condition as `POST /logs/parse` tells it. */
export type Where = Readonly<Record<string, unknown>>;

const ANYWHERE = '*';
/** Known by a name or by what the row is of: their values do not stand in the line. */
const NOT_IN_LINES: ReadonlySet<string> = new Set(['severity', 'facility', 'class', 'engine', 'day', 'client']);
/** Shorter ones would be marked all over the line. */
const LEAST_IN_LINE = 3;
const MOST_DEPTH = 60;

export function marksOf(where: Where | null): Marks {
  const marks = new Map<string, Set<string>>();
  if (where !== null) gather(where, marks, 0);
  return Object.fromEntries([...marks].map(([column, texts]) => [column, [...texts]]));
}

function gather(where: Where, marks: Map<string, Set<string>>, depth: number): void {
  if (depth > MOST_DEPTH) return;
  const { op, field } = where;
  if (op === 'and' || op === 'or') {
    for (const each of listOf(where['conditions'])) if (isWhere(each)) gather(each, marks, depth + 1);
  } else if (op === 'phrase') {
    add(marks, ANYWHERE, where['text']);
  } else if (typeof field === 'string' && (op === 'equals' || op === 'prefix' || op === 'contains')) {
    addValue(marks, field, where['value']);
  } else if (typeof field === 'string' && op === 'one_of') {
    for (const value of listOf(where['values'])) addValue(marks, field, value);
  }
}

/** In its own column; and in the line it was taken from, where it is long enough to mean itself there. */
function addValue(marks: Map<string, Set<string>>, field: string, value: unknown): void {
  if (NOT_IN_LINES.has(field)) return;
  add(marks, field, value);
  if (field !== LINE && typeof value === 'string' && value.length >= LEAST_IN_LINE) add(marks, LINE, value);
}

function add(marks: Map<string, Set<string>>, column: string, value: unknown): void {
  if (typeof value !== 'string' && typeof value !== 'number') return;
  const text = String(value);
  if (text === '') return;
  const texts = marks.get(column) ?? new Set<string>();
  marks.set(column, texts.add(text));
}

function isWhere(value: unknown): value is Where {
  return typeof value === 'object' && value !== null;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
