/** The cursor of a chart of bars, and what is selected from it on. No React. */

export interface Mark {
  /** The step at which the cursor is. */
  at: number;
  /** Where the selection began; null: only the cursor's step is meant. */
  anchor: number | null;
}

const FAR = 10;

/** Where a key leads; null: it is none of ours. */
export function movedBy(key: string, isShift: boolean, mark: Mark | null, count: number): Mark | null {
  const from = mark === null ? null : Math.min(mark.at, count - 1);
  const to = destination(key, from, count);
  if (to === null) return null;
  const at = Math.min(count - 1, Math.max(0, to));
  return { at, anchor: isShift ? (mark?.anchor ?? from ?? at) : null };
}

function destination(key: string, from: number | null, count: number): number | null {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return from === null ? 0 : from + 1;
    case 'ArrowLeft':
    case 'ArrowDown':
      return from === null ? count - 1 : from - 1;
    case 'PageUp':
      return (from ?? 0) + FAR;
    case 'PageDown':
      return (from ?? count - 1) - FAR;
    case 'Home':
      return 0;
    case 'End':
      return count - 1;
    default:
      return null;
  }
}

/** The first and the last step of what is selected. */
export function endsOf(mark: Mark, count: number): readonly [number, number] {
  const at = Math.min(mark.at, count - 1);
  const other = Math.min(mark.anchor ?? at, count - 1);
  return at < other ? [at, other] : [other, at];
}
