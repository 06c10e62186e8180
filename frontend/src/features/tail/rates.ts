/** Rows a second over the last seconds. No React. */

export interface Flow {
  /** Rows that came. */
  shown: number;
  /** Rows that match: those that came, and those that were left out. */
  matching: number;
}

/** What is judged, ms: batches come a few times a second. */
const WINDOW_MS = 5_000;

interface Portion {
  at: number;
  rows: number;
  skipped: number;
}

export class Rates {
  private portions: Portion[] = [];
  private begun: number | null = null;

  add(at: number, rows: number, skipped: number): void {
    this.begun ??= at;
    this.portions.push({ at, rows, skipped });
    this.forget(at);
  }

  at(now: number): Flow {
    this.forget(now);
    // In the first seconds there is less to judge than a whole window.
    const seconds = Math.min(WINDOW_MS, Math.max(1_000, now - (this.begun ?? now))) / 1_000;
    const sum = this.portions.reduce((all, each) => ({ rows: all.rows + each.rows, skipped: all.skipped + each.skipped }), {
      rows: 0,
      skipped: 0,
    });
    return { shown: rounded(sum.rows / seconds), matching: rounded((sum.rows + sum.skipped) / seconds) };
  }

  private forget(now: number): void {
    const first = this.portions.findIndex((each) => each.at > now - WINDOW_MS);
    if (first !== 0) this.portions = first < 0 ? [] : this.portions.slice(first);
  }
}

/** No more digits than are shown: the line does not twitch. */
function rounded(rate: number): number {
  return rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate);
}
