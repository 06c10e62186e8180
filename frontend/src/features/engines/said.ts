/** What the server has answered to a command, in words: nothing is said that it did not say. No React. */
import { count } from '@/lib/format';
import type { Ledger } from '@/types/shapes';

import { listed } from './setting-words';

export function saidOfState(name: string, state: string, why: string): string {
  return why === '' ? `${name} is ${state}.` : `${name} is ${state}: ${why}`;
}

export function saidOfPause(name: string, state: string, reasons: readonly string[]): string {
  const still = reasons.length === 0 ? '' : ` Reasons: ${listed(reasons.map((reason) => reason.replaceAll('_', ' ')))}.`;
  return `${name} is ${state}.${still}`;
}

export function saidOfStop(name: string, ledger: Ledger | null): string {
  if (ledger === null) return `${name} is stopped.`;
  return `${name} is stopped. Of ${count(ledger.received)} messages received since its start, ${count(ledger.stored)} are stored.`;
}
