/** The row that a test line became. No React. */

export interface TestedCell {
  name: string;
  /** null: the field was not found in the line. */
  text: string | null;
}

/** The time says what these say. */
const APART: ReadonlySet<string> = new Set(['received_at', 'time_zone', 'date']);

/** `timeOf` writes microseconds since 1970 as a time of the product's zone. */
export function cellsOf(row: Readonly<Record<string, unknown>>, timeOf: (us: number) => string): TestedCell[] {
  const at = row['received_at'];
  const time = typeof at === 'number' ? [{ name: 'time', text: timeOf(at) }] : [];
  const cells = Object.entries(row)
    .filter(([name]) => !APART.has(name) && (name !== 'time' || time.length === 0))
    .map(([name, value]) => ({ name, text: textOf(value) }));
  return [...time, ...cells];
}

export function idOf(row: Readonly<Record<string, unknown>>): string | null {
  return typeof row['id'] === 'string' ? row['id'] : null;
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
