/** Events that were asked for and events that just happened, as one list. No React. */
import type { EngineEvent } from '@/types/shapes';

/** Of those that happen while the page is open; older ones are on the pages of the API. */
export const MOST_FRESH = 500;

export function kept(former: readonly EngineEvent[], event: EngineEvent): readonly EngineEvent[] {
  return [event, ...former].slice(0, MOST_FRESH);
}

/** The newest first, each once. */
export function merged(fresh: readonly EngineEvent[], asked: readonly EngineEvent[]): EngineEvent[] {
  const all = new Map([...asked, ...fresh].map((event) => [event.id, event]));
  return [...all.values()].sort((one, other) => other.id - one.id);
}
