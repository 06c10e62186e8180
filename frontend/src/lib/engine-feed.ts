/** The engines' state as it comes once a second, with a bounded memory of rates. No React. */
import type { EngineSeen } from '@/types/shapes';

import { pulseOf } from './ledger';
import type { LiveMessage, LiveSocket } from './live-socket';

export interface Moment {
  at: number;
  received: number;
  stored: number;
}

export interface Feed {
  /** null: nothing was told yet. */
  engines: Record<string, EngineSeen> | null;
  history: readonly Moment[];
  /** Why nothing is told, as the API says it. */
  trouble: string | null;
}

/** Ten minutes of seconds. */
export const MOST_MOMENTS = 600;

export class EngineFeed {
  private state: Feed = { engines: null, history: [], trouble: null };
  private readonly watchers = new Set<() => void>();

  /** Begins; what it returns ends it. */
  follow(socket: LiveSocket): () => void {
    return socket.subscribe({ id: 'engines', kind: 'status' }, (message) => this.hear(message));
  }

  readonly current = (): Feed => this.state;

  readonly watch = (callback: () => void): (() => void) => {
    this.watchers.add(callback);
    return () => this.watchers.delete(callback);
  };

  hear(message: LiveMessage, now = Date.now()): void {
    if (message.type === 'status') {
      this.take(message['engines'] as Record<string, EngineSeen>, now);
    } else if (message.type === 'trouble' || message.type === 'ended' || message.type === 'error') {
      this.become({ ...this.state, trouble: sentence(message['error']) });
    }
  }

  private take(engines: Record<string, EngineSeen>, now: number): void {
    const pulse = pulseOf(engines);
    const moment = { at: now, received: pulse.receivedPerSecond, stored: pulse.storedPerSecond };
    const history = [...this.state.history.slice(-(MOST_MOMENTS - 1)), moment];
    this.become({ engines, history, trouble: null });
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
