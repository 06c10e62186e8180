/** The engines' state as it comes once a second, with a bounded memory of rates: of all together and of each. No React. */
import type { EngineSeen } from '@/types/shapes';

import { MOST_MOMENTS, momentOf, remembered, sumOfMoments, type Moment } from './chart-history';
import type { LiveMessage, LiveSocket } from './live-socket';

export { MOST_MOMENTS, type Moment };

export interface Feed {
  /** null: nothing was told yet. */
  engines: Record<string, EngineSeen> | null;
  /** Of all engines together. */
  history: readonly Moment[];
  /** Why nothing is told, as the API says it. */
  trouble: string | null;
  /** Nothing was told for some seconds, so what is known is not of now. */
  isQuiet?: boolean;
}

/** A status comes every second. */
const QUIET_MS = 5_000;
const NO_MOMENTS: readonly Moment[] = [];

export class EngineFeed {
  private state: Feed = { engines: null, history: [], trouble: null };
  private histories = new Map<string, readonly Moment[]>();
  private readonly watchers = new Set<() => void>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Begins; what it returns ends it. */
  follow(socket: LiveSocket): () => void {
    const leave = socket.subscribe({ id: 'engines', kind: 'status' }, (message) => this.hear(message));
    return () => {
      clearTimeout(this.timer);
      leave();
    };
  }

  readonly current = (): Feed => this.state;

  /** The last minutes of one engine; the same array until it changes. */
  readonly historyOf = (engine: string): readonly Moment[] => this.histories.get(engine) ?? NO_MOMENTS;

  readonly watch = (callback: () => void): (() => void) => {
    this.watchers.add(callback);
    return () => this.watchers.delete(callback);
  };

  hear(message: LiveMessage, now = Date.now()): void {
    if (message.type === 'status') {
      this.take(message['engines'] as Record<string, EngineSeen>, now);
      this.expectStatus();
    } else if (message.type === 'trouble' || message.type === 'ended' || message.type === 'error') {
      this.become({ ...this.state, trouble: sentence(message['error']) });
    }
  }

  private take(engines: Record<string, EngineSeen>, now: number): void {
    const before = this.state.engines ?? {};
    const seconds = (now - (this.state.history.at(-1)?.at ?? now)) / 1_000;
    const moments = Object.entries(engines).map(
      ([name, engine]) => [name, momentOf(engine, before[name], seconds, now)] as const,
    );
    // An engine that is gone is forgotten.
    this.histories = new Map(moments.map(([name, moment]) => [name, remembered(this.historyOf(name), moment)]));
    const sum = sumOfMoments(
      moments.map(([, moment]) => moment),
      now,
    );
    this.become({ engines, history: remembered(this.state.history, sum), trouble: null, isQuiet: false });
  }

  private expectStatus(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.become({ ...this.state, isQuiet: true }), QUIET_MS);
  }

  private become(state: Feed): void {
    this.state = state;
    for (const callback of this.watchers) callback();
  }
}

function sentence(error: unknown): string {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string'
    ? error.message
    : 'The engines do not tell how they are at the moment.';
}
