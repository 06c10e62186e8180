/** What can be done to an engine now, and by whom; and how it is said. No React. */
import type { Me } from '@/types/shapes';
import { may } from '@/lib/rights';

import type { EngineLine } from './engine-lines';

export type Command = 'start' | 'stop' | 'restart' | 'pause' | 'resume';
export type Deed = Command | 'edit' | 'delete';

/** The engine's own reason to store nothing: no person can take it away. */
export const NO_SPACE = 'no_space';

export interface Rights {
  /** May start, edit, pause engines. */
  mayOperate: boolean;
  /** May read lines of logs. */
  mayRead: boolean;
  /** Sees some engines or clients only: what all engines share is not theirs to change. */
  isScoped: boolean;
}

export function rightsOf(me: Me): Rights {
  const { engines, clients } = me.user.scope;
  return {
    mayOperate: may(me, 'operate'),
    mayRead: may(me, 'search'),
    isScoped: engines.length > 0 || clients.length > 0,
  };
}

type Seen = Pick<EngineLine, 'isWhole' | 'state' | 'wanted' | 'pauseReasons'>;

/** What is possible now; the API itself decides. */
export function possibleDeeds(engine: Seen, { mayOperate, isScoped }: Rights): Deed[] {
  if (!mayOperate || !engine.isWhole) return [];
  return [...possibleCommands(engine), 'edit', ...(isScoped ? [] : (['delete'] as const))];
}

function possibleCommands({ state, wanted, pauseReasons }: Seen): Command[] {
  switch (state) {
    case 'running':
    case 'degraded':
      return ['pause', 'restart', 'stop'];
    case 'paused':
      return takeableReasons(pauseReasons).length > 0 ? ['resume', 'restart', 'stop'] : ['pause', 'restart', 'stop'];
    case 'starting':
      return ['stop'];
    case 'draining':
      return [];
    case 'failed':
      // It may be about to be tried again: to stop it ends that.
      return wanted === 'running' ? ['start', 'stop'] : ['start'];
    default:
      return ['start'];
  }
}

/** Reasons to pause that people gave. Where none are known, the common one is taken for granted. */
export function takeableReasons(reasons: readonly string[] | null): string[] {
  return reasons === null ? ['operator'] : reasons.filter((reason) => reason !== NO_SPACE);
}

/** Whether it has processes that a restart would end. */
export function runs(state: string): boolean {
  return state === 'running' || state === 'degraded' || state === 'paused';
}

export const DEED_WORDS: Record<Deed, string> = {
  start: 'Start',
  stop: 'Stop',
  restart: 'Restart',
  pause: 'Pause',
  resume: 'Resume',
  edit: 'Edit',
  delete: 'Delete',
};

/** What is asked before a command; null: it does no harm, and is done at once. */
export function questionOf(command: Command, name: string): { title: string; words: string } | null {
  switch (command) {
    case 'stop':
      return {
        title: `Stop ${name}?`,
        words:
          'It stores what it has received and ends. Until it is started again nothing listens on its port: what devices ' +
          'send meanwhile is lost, and counted by nobody.',
      };
    case 'restart':
      return {
        title: `Restart ${name}?`,
        words:
          'It stores what it has received, ends, and starts with the settings as they are now. What devices send in ' +
          'these few seconds is lost.',
      };
    case 'pause':
      return {
        title: `Pause ${name}?`,
        words:
          'It goes on reading what arrives, counts it as dropped, and stores none of it, also after a restart. What is ' +
          'dropped cannot be brought back.',
      };
    default:
      return null;
  }
}
