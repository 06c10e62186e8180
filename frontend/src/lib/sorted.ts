/** Rows in the order of one of their values. No React. */

export type SortValue = string | number | null;

const words = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** A new list; what has no value comes last either way, and equals stay as they were. */
export function sortedBy<Row>(rows: readonly Row[], value: (row: Row) => SortValue, isDescending: boolean): Row[] {
  const turn = isDescending ? -1 : 1;
  return [...rows].sort((one, other) => compared(value(one), value(other), turn));
}

function compared(one: SortValue, other: SortValue, turn: number): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  if (typeof one === 'number' && typeof other === 'number') return (one - other) * turn;
  return words.compare(String(one), String(other)) * turn;
}
