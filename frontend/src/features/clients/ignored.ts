/** Who is ignored, as an engine's events tell it. */
import type { EngineEvent } from '@/types/shapes';

export interface IgnoredKnown {
  addresses: string[];
  /** false: there are older events that were not looked at. */
  isWhole: boolean;
}

const KIND = 'sender_ignored';
/** The event has no detail of its own for that: the same kind tells of ignoring and of showing again, in words. */
const SHOWN_AGAIN = ' is shown again';

/** Of each address the newest word counts; `events`: newest first. */
export function ignoredOf(events: readonly EngineEvent[]): string[] {
  const last = new Map<string, boolean>();
  for (const event of events) {
    const address = event['address'];
    if (event.event !== KIND || typeof address !== 'string' || last.has(address)) continue;
    last.set(address, !event.message.includes(SHOWN_AGAIN));
  }
  return [...last].filter(([, isIgnored]) => isIgnored).map(([address]) => address);
}
