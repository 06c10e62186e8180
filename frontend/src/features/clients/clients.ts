/** Who may send, one line a client: made current by the live feed where there is one. */
import { shortRange } from '@/lib/cidr';
import { sortedBy } from '@/lib/sorted';
import type { Client, EngineListed, EngineSeen } from '@/types/shapes';

export interface ClientLine {
  /** Unique over all engines: a client's name is unique in its engine. */
  id: string;
  engine: string;
  name: string;
  range: string;
  /** Whether its engine counts at this moment; the figures of one that does not are not known. */
  isCounting: boolean;
  /** Since its engine started; null: not known now, which is not nothing. */
  received: number | null;
  bytes: number | null;
  /** us since the epoch; 0: nothing since its engine started; null: not known now. */
  lastSeen: number | null;
  perSecond: number | null;
}

export interface Sources {
  /** The engines as they are known best. */
  seen: readonly (EngineListed | EngineSeen)[];
  isLive: boolean;
  /** What the live connection told last. */
  told: Readonly<Record<string, EngineSeen>> | null;
  /** What was asked for while there is no live connection. */
  asked: readonly { engine: string; clients: readonly Client[] }[];
}

/** By name; those of one name by engine. */
export function clientLines({ seen, isLive, told, asked }: Sources): ClientLine[] {
  const answers = new Map(isLive ? [] : asked.map(({ engine, clients }) => [engine, clients]));
  const lines = seen.flatMap((engine) => {
    // While an answer is on its way, what was told last stays.
    const clients = answers.get(engine.engine) ?? clientsOf(told?.[engine.engine] ?? engine);
    return clients.map((client) => lineOf(engine.engine, client));
  });
  return sortedBy(sortedBy(lines, (line) => line.engine, false), (line) => line.name, false);
}

/** With figures where there are some, else those that are kept. */
function clientsOf(engine: EngineListed | EngineSeen): readonly Client[] {
  if (!engine.whole) return engine.clients;
  const counted = 'clients' in engine ? engine.clients : null;
  return counted ?? engine.settings.clients;
}

function lineOf(engine: string, client: Client): ClientLine {
  return {
    id: `${engine}/${client.name}`,
    engine,
    name: client.name,
    range: shortRange(client.address),
    isCounting: client.last_seen != null,
    received: client.received ?? null,
    bytes: client.bytes ?? null,
    lastSeen: client.last_seen ?? null,
    perSecond: client.per_second ?? null,
  };
}

export const SILENT_AFTER_SECONDS = 600;

export type Heard = 'sending' | 'silent' | 'nothing' | 'unknown';

/** now: ms since the epoch, on the server's clock. */
export function heardOf(line: Pick<ClientLine, 'lastSeen'>, now: number): Heard {
  if (line.lastSeen === null) return 'unknown';
  if (line.lastSeen === 0) return 'nothing';
  return secondsSince(line.lastSeen, now) >= SILENT_AFTER_SECONDS ? 'silent' : 'sending';
}

export function secondsSince(us: number, now: number): number {
  return Math.max(0, now / 1_000 - us / 1_000_000);
}

/** Every word has to stand somewhere in the name, the range or the engine. */
export function matching(lines: readonly ClientLine[], engine: string | null, filter: string): ClientLine[] {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return lines.filter((line) => {
    if (engine !== null && line.engine !== engine) return false;
    const text = `${line.name} ${line.range} ${line.engine}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** How many of each kind, for the line above the table. */
export function tallyOf(lines: readonly ClientLine[], now: number): Record<Heard, number> {
  const tally: Record<Heard, number> = { sending: 0, silent: 0, nothing: 0, unknown: 0 };
  for (const line of lines) tally[heardOf(line, now)] += 1;
  return tally;
}
