/** An order that does not move under somebody's hand. */

/**
 * The ids as they are to be shown: as wanted, but while somebody points at them or is among them by keyboard nothing
 * changes its place. Then what is new comes last, and what is gone closes up.
 */
export function calmOrder(before: readonly string[], wanted: readonly string[], isHeld: boolean): string[] {
  if (!isHeld) return [...wanted];
  const there = new Set(wanted);
  const known = new Set(before);
  return [...before.filter((id) => there.has(id)), ...wanted.filter((id) => !known.has(id))];
}
