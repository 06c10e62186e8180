/** Fields that are not searched, because their pattern took too long. No React. */
import type { EngineField } from '@/types/shapes';

export interface Parked {
  field: string;
  pattern: string;
  /** s since the epoch. */
  since: number;
  why: string;
  /** null: not known, or not for who asks. */
  line: string | null;
}

export function parkedOf(fields: readonly EngineField[]): Parked[] {
  return fields.flatMap(({ field, parked }) =>
    parked === null
      ? []
      : [{ field, pattern: parked.pattern, since: parked.since, why: parked.why, line: parked.line ?? null }],
  );
}
