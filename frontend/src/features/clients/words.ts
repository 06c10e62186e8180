/** What is said of clients, and of what a change means. */
import { isRange, ownerOf, readRange, shortRange, type Named } from '@/lib/cidr';
import { counted } from '@/lib/format';

import type { ClientLine, Heard } from './clients';

/** `12 clients: 9 sending, 2 silent for ten minutes`. */
export function tallyWords(tally: Record<Heard, number>): string {
  const all = tally.sending + tally.silent + tally.nothing + tally.unknown;
  const parts = [
    tally.sending > 0 ? counted(tally.sending, 'sends', 'send') : '',
    tally.silent > 0 ? `${counted(tally.silent, 'is', 'are')} silent for ten minutes` : '',
    tally.nothing > 0 ? `${counted(tally.nothing, 'has', 'have')} sent nothing yet` : '',
    tally.unknown > 0 ? `of ${counted(tally.unknown, 'nothing is', 'nothing is')} known now` : '',
  ].filter((part) => part !== '');
  return all === 0 ? 'No clients' : `${counted(all, 'client')}: ${parts.join(', ')}`;
}

export function addedWords(engine: string, client: Named): string {
  return `${client.name} (${shortRange(client.address)}) may send to ${engine} from now on.`;
}

export function editedWords(engine: string, client: Named): string {
  return `${client.name} (${shortRange(client.address)}) is kept, and in force at ${engine} already.`;
}

export function removedWords(line: ClientLine): string {
  return `${line.name} is no client of ${line.engine} any more. Its stored rows stay.`;
}

export function allowedWords(engine: string, name: string): string {
  return `${name} may send to ${engine}. What it sends from now on is stored; what was refused before is not there.`;
}

export function ignoredWords(address: string): string {
  return `${address} is not shown here any more. What it sends is refused and counted as before.`;
}

export function shownWords(address: string): string {
  return `${address} is shown again as soon as it sends.`;
}

/** What happens to the addresses of a client that is taken away. */
export function removalWords(line: ClientLine, others: readonly Named[]): string {
  const read = readRange(line.range);
  const heir = isRange(read) ? ownerOf(read, others) : null;
  return heir === null
    ? `What ${line.range} sends to ${line.engine} is refused from now on: counted, and not stored.`
    : `What ${line.range} sends to ${line.engine} then belongs to ${heir.name} (${shortRange(heir.address)}), in which it lies.`;
}

export function refusedAgainWords(name: string): string {
  return `${name} is no client any more. What it has sent meanwhile stays stored.`;
}
