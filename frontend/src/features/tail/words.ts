/** What a live tail says of itself. No React. */
import type { Connection } from '@/lib/live-socket';
import { count, counted, rate } from '@/lib/format';

import type { TailState } from './tail-feed';

export interface Part {
  name: string;
  words: string;
  /** What it means, in a sentence. */
  more: string;
  isWarning: boolean;
}

export interface Doing {
  words: string;
  icon: 'waiting' | 'pause' | 'dot' | 'bad';
}

export function doingOf(connection: Connection, phase: TailState['phase'], isStopped: boolean, isWrong = false): Doing {
  if (isWrong) return { words: 'not followed', icon: 'bad' };
  if (phase === 'ended' || phase === 'refused') return { words: 'ended', icon: 'bad' };
  if (connection === 'lost') return { words: 'connection lost', icon: 'bad' };
  if (connection === 'connecting' || phase === 'asking') return { words: 'connecting', icon: 'waiting' };
  return isStopped ? { words: 'paused', icon: 'pause' } : { words: 'live', icon: 'dot' };
}

export function partsOf(state: TailState, most: number): Part[] {
  const { flow } = state;
  const parts: Part[] = [
    {
      name: 'rate',
      words: flow.matching > flow.shown ? `${rate(flow.shown)} of ${rate(flow.matching)}` : rate(flow.shown),
      more: 'Rows that come, of those that arrive and match, over the last 5 s.',
      isWarning: false,
    },
    { name: 'shown', words: `${count(state.rows.length)} here`, more: `${counted(state.arrived, 'row')} came since it began.`, isWarning: false },
    {
      name: 'skipped',
      words: `${count(state.skipped)} skipped`,
      more: `They match and are stored, and were left out: at most ${count(most)} rows a second are wanted, or this browser did not keep up.`,
      isWarning: state.skipped > 0,
    },
  ];
  return [...parts, unlookedPart(state)];
}

function unlookedPart({ unlooked, isUnlookedUnknown }: TailState): Part {
  const words = isUnlookedUnknown ? (unlooked > 0 ? `more than ${count(unlooked)}` : 'some') : count(unlooked);
  return {
    name: 'unlooked',
    words: `${words} not looked at`,
    more: 'They arrived faster than they could be looked at; they are stored, and a search finds them.',
    isWarning: unlooked > 0 || isUnlookedUnknown,
  };
}

/** What came while nothing was followed: without a connection, or before it was asked for anew. */
export function gapWords(gap: NonNullable<TailState['gap']>): string {
  if (gap.rows === null) return 'Some rows that match were stored while the tail was interrupted.';
  return `${counted(gap.rows, 'row')} that ${gap.rows === 1 ? 'matches was' : 'match were'} stored while the tail was interrupted.`;
}

/** On the button that goes on. */
export function newWords(waiting: number, gone: number): string {
  if (waiting === 0) return 'Go on';
  return gone === 0 ? `${count(waiting)} new` : `${count(waiting)} new, ${count(gone)} more not kept`;
}
