/** How fast an export comes on, from how far it was when it was last asked for. */
import type { Export } from '@/types/shapes';

export interface Pace {
  rowsPerSecond: number;
  bytesPerSecond: number;
  /** null: not known yet. */
  secondsLeft: number | null;
}

interface Sample {
  /** s */
  at: number;
  rows: number;
  bytes: number;
  percent: number;
}

/** Longer ago says nothing of now. */
const WINDOW_S = 20;
const LEAST_S = 0.5;

export class Paces {
  private readonly samples = new Map<string, Sample[]>();

  /** now: s. null: it is not made now, or was seen for the first time. */
  note({ id, state, rows, bytes, percent }: Export, now: number): Pace | null {
    if (state !== 'running') {
      this.samples.delete(id);
      return null;
    }
    const kept = (this.samples.get(id) ?? []).filter(({ at }) => now - at <= WINDOW_S);
    const all = [...kept, { at: now, rows, bytes, percent }];
    this.samples.set(id, all);
    return paceOf(all);
  }
}

export function paceOf(samples: readonly Sample[]): Pace | null {
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || last.at - first.at < LEAST_S) return null;
  const seconds = last.at - first.at;
  const percentPerSecond = (last.percent - first.percent) / seconds;
  return {
    rowsPerSecond: Math.max(0, last.rows - first.rows) / seconds,
    bytesPerSecond: Math.max(0, last.bytes - first.bytes) / seconds,
    secondsLeft: percentPerSecond > 0 ? (100 - last.percent) / percentPerSecond : null,
  };
}
