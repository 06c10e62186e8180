/**
 * Rows as they arrive: a bounded memory, honest counts, and at most ten changes a second, each with a frame.
 * No React.
 */
import type { LiveMessage } from '@/lib/live-socket';
import type { LogRow } from '@/lib/log-row';
import { rowsOf, type TailMessage } from '@/lib/rows';
import { isError, severityOf } from '@/lib/severity';

import { Rates, type Flow } from './rates';

/** Rows that are shown, and as many again that wait while somebody reads. */
export const MOST_ROWS = 10_000;
/** Lines may have 10 kB: what is kept has an end in characters, too. */
export const MOST_CHARACTERS = 24_000_000;
/** The API goes on behind at most so many engines. */
const MOST_PLACES = 50;

export interface TailError {
  code: string;
  message: string;
  hint: string | null;
}

export interface TailState {
  rows: readonly LogRow[];
  /** Arrived since somebody stopped to read, and still here. */
  waiting: number;
  /** Of those, the ones that had to go before they were shown. */
  gone: number;
  /** Everything that arrived, shown or not any more. */
  arrived: number;
  /** Matched, and was left out. */
  skipped: number;
  /** Went by, and nobody looked at it. */
  unlooked: number;
  /** Some more went by, and nobody knows how many. */
  isUnlookedUnknown: boolean;
  /** Stored while there was no connection; null: some, nobody knows how many. */
  gap: { rows: number | null; sinceUs: number; untilUs: number } | null;
  phase: 'asking' | 'live' | 'refused' | 'ended';
  /** Why it was refused or has ended. */
  error: TailError | null;
  /** What does not answer for now. */
  trouble: string | null;
  flow: Flow;
}

const FIRST: TailState = {
  rows: [],
  waiting: 0,
  gone: 0,
  arrived: 0,
  skipped: 0,
  unlooked: 0,
  isUnlookedUnknown: false,
  gap: null,
  phase: 'asking',
  error: null,
  trouble: null,
  flow: { shown: 0, matching: 0 },
};

/** Nobody reads faster than this, ms: the page has the time between for everything else. */
const EVERY_MS = 100;

function soon(act: () => void): void {
  setTimeout(() => requestAnimationFrame(act), EVERY_MS);
}

export class TailFeed {
  private state: TailState = FIRST;
  private pending: LogRow[] = [];
  private pendingCharacters = 0;
  private shownCharacters = 0;
  private isFollowing = true;
  private isFramed = false;
  private isAnswered = false;
  private lastUs = 0;
  /** The last row before the present subscription, and its first one. */
  private leftUs = 0;
  private goneOnUs = 0;
  /** The last row of each engine. */
  private readonly last = new Map<string, string>();
  private readonly rates = new Rates();
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly inNextFrame: (act: () => void) => void = soon,
    private readonly now: () => number = Date.now,
  ) {}

  readonly current = (): TailState => this.state;

  readonly watch = (callback: () => void): (() => void) => {
    this.watchers.add(callback);
    return () => this.watchers.delete(callback);
  };

  /** Where to go on after a loss: the last row of each engine, those that spoke last. */
  places(): string[] {
    return [...this.last.values()].slice(-MOST_PLACES);
  }

  /** Whether rows are shown as they arrive; who reads is not disturbed, and nothing that is shown goes away. */
  follow(isFollowing: boolean): void {
    if (this.isFollowing === isFollowing) return;
    this.isFollowing = isFollowing;
    this.changed();
  }

  /** What is said of a gap has been read. */
  forgetGap(): void {
    this.become({ ...this.state, gap: null });
  }

  /** Away with what is shown; counts begin anew. */
  clear(): void {
    this.pending = [];
    this.pendingCharacters = this.shownCharacters = 0;
    const { phase, error, trouble } = this.state;
    this.become({ ...FIRST, phase, error, trouble });
  }

  readonly hear = (message: LiveMessage): void => {
    switch (message.type) {
      case 'subscribed':
        // What goes on after a loss goes on with everything that was there.
        this.isAnswered = false;
        this.leftUs = this.lastUs;
        this.become({ ...this.state, phase: 'live', error: null, trouble: null });
        break;
      case 'tail':
        this.take(message);
        break;
      case 'gap':
        this.noteGap(message['rows']);
        break;
      case 'trouble':
        this.become({ ...this.state, trouble: errorOf(message).message });
        break;
      case 'ended':
        this.become({ ...this.state, phase: 'ended', error: errorOf(message) });
        break;
      case 'error':
        this.become({ ...this.state, phase: 'refused', error: errorOf(message) });
        break;
    }
  };

  /** Rates fall while nothing comes: to be called once a second. */
  readonly tick = (): void => {
    const flow = this.rates.at(this.now());
    if (flow.shown !== this.state.flow.shown || flow.matching !== this.state.flow.matching) this.become({ ...this.state, flow });
  };

  private take(message: LiveMessage): void {
    const told = message as unknown as TailMessage & { skipped?: number; unlooked?: number | null };
    const rows = rowsOf(told);
    const { skipped = 0, unlooked = 0 } = told;
    this.rates.add(this.now(), rows.length, skipped);
    for (const row of rows) {
      this.pending.push(row);
      this.pendingCharacters += charactersOf(row);
    }
    this.remember(told, rows);
    const gone = this.trimPending();
    this.state = {
      ...this.state,
      arrived: this.state.arrived + rows.length,
      skipped: this.state.skipped + skipped,
      unlooked: this.state.unlooked + (unlooked ?? 0),
      isUnlookedUnknown: this.state.isUnlookedUnknown || unlooked === null,
      gone: this.state.gone + gone,
      trouble: null,
    };
    this.changed();
  }

  private remember(told: TailMessage, rows: readonly LogRow[]): void {
    const first = rows[0];
    const row = rows.at(-1);
    if (first === undefined || row === undefined) return;
    const engine = `${told.class ?? ''}/${told.engine ?? ''}`;
    // To the end of the map: those that spoke last.
    this.last.delete(engine);
    this.last.set(engine, row.id);
    if (!this.isAnswered) this.goneOnUs = first.receivedAt;
    this.isAnswered = true;
    this.lastUs = Math.max(this.lastUs, row.receivedAt);
  }

  /** The oldest of what waits goes first; nobody has seen it. */
  private trimPending(): number {
    let gone = 0;
    while (this.pending.length - gone > MOST_ROWS || (this.pendingCharacters > MOST_CHARACTERS && gone < this.pending.length - 1)) {
      this.pendingCharacters -= charactersOf(this.pending[gone]);
      gone += 1;
    }
    if (gone > 0) this.pending = this.pending.slice(gone);
    return gone;
  }

  private noteGap(rows: unknown): void {
    if (rows === 0) return;
    const former = this.state.gap;
    const more = typeof rows === 'number' ? rows : null;
    const sum = former === null ? more : former.rows === null || more === null ? null : former.rows + more;
    const untilUs = this.isAnswered ? this.goneOnUs : this.now() * 1_000;
    this.become({ ...this.state, gap: { rows: sum, sinceUs: former?.sinceUs ?? this.leftUs + 1, untilUs } });
  }

  /** Never twice in a frame, and then everything at once. */
  private changed(): void {
    if (this.isFramed) return;
    this.isFramed = true;
    this.inNextFrame(() => {
      this.isFramed = false;
      this.show();
    });
  }

  private show(): void {
    const flow = this.rates.at(this.now());
    if (!this.isFollowing) {
      this.become({ ...this.state, waiting: this.pending.length, flow });
      return;
    }
    // One copy a frame of at most 10,000 references, and none for a message.
    const { rows, characters } = trimmed(this.state.rows, this.shownCharacters, this.pending, this.pendingCharacters);
    this.pending = [];
    this.pendingCharacters = 0;
    this.shownCharacters = characters;
    this.become({ ...this.state, rows, waiting: 0, flow });
  }

  private become(state: TailState): void {
    this.state = state;
    for (const callback of this.watchers) callback();
  }
}

function trimmed(shown: readonly LogRow[], shownCharacters: number, more: readonly LogRow[], moreCharacters: number) {
  let characters = shownCharacters + moreCharacters;
  if (more.length === 0) return { rows: shown, characters };
  const all = [...shown, ...more];
  let gone = 0;
  while (all.length - gone > MOST_ROWS || (characters > MOST_CHARACTERS && gone < all.length - 1)) {
    characters -= charactersOf(all[gone]);
    gone += 1;
  }
  return { rows: gone === 0 ? all : all.slice(gone), characters };
}

function charactersOf(row: LogRow | undefined): number {
  if (row === undefined) return 0;
  let sum = row.id.length;
  for (const name in row.values) {
    const value = row.values[name];
    sum += typeof value === 'string' ? value.length : 8;
  }
  return sum;
}

function errorOf(message: LiveMessage): TailError {
  const error = message['error'] as Partial<TailError> | undefined;
  return {
    code: error?.code ?? 'unexpected',
    message: error?.message ?? 'The live tail has ended without a reason.',
    hint: error?.hint ?? null,
  };
}

/** `34 new lines, 2 errors`: what has come since a place, for a screen reader. */
export function newsOf(rows: readonly LogRow[], arrivedBefore: number, arrived: number): string {
  const fresh = arrived - arrivedBefore;
  if (fresh <= 0) return '';
  const errors = rows.slice(-fresh).filter((row) => isError(severityOf(row.values['severity']))).length;
  const lines = `${fresh} new ${fresh === 1 ? 'line' : 'lines'}`;
  return errors === 0 ? lines : `${lines}, ${errors} ${errors === 1 ? 'error' : 'errors'}`;
}
