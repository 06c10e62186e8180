/** Who sends, of all engines together: how fast, when last heard, and who is silent. Pure. */
import type { EngineSeen } from '@/types/shapes';

export interface SenderLine {
  /** An address, or a client of which only its figures are seen. */
  key: string;
  /** The client's name, where it says more than the address. */
  name: string;
  address: string;
  engines: string[];
  /** Since the engines' starts. */
  received: number;
  /** us since the epoch; 0: never since the engine's start. */
  lastSeen: number;
  /** The engine could have heard it since then, s since the epoch. */
  since: number;
  /** Messages a second, as the API tells it of clients. */
  told: number | null;
}

export const SILENT_SECONDS = 600;

export function senderLines(engines: Record<string, EngineSeen>): SenderLine[] {
  const lines = new Map<string, SenderLine>();
  for (const [name, engine] of Object.entries(engines)) {
    for (const line of engine.whole ? ofWhole(name, engine) : ofGlimpse(name, engine)) add(lines, line);
  }
  return [...lines.values()];
}

type Whole = Extract<EngineSeen, { whole: true }>;
type Glimpse = Extract<EngineSeen, { whole: false }>;

/** Senders one by one; and clients that are one device each and never sent. A range that nobody sends from is no silence. */
function ofWhole(name: string, engine: Whole): SenderLine[] {
  const clients = engine.clients ?? [];
  const names = new Map(clients.map((client) => [bare(client.address), client.name]));
  const senders = (engine.senders ?? []).map((sender) => ({
    key: sender.address,
    name: nameOf(names.get(sender.address), sender.address),
    address: sender.address,
    engines: [name],
    received: sender.received,
    lastSeen: sender.last_seen,
    since: engine.since,
    told: null,
  }));
  if (!isListening(engine.state)) return senders;
  const known = new Set(senders.map((sender) => sender.address));
  const silent = clients.filter((client) => isDevice(client.address) && !known.has(bare(client.address)));
  return [...senders, ...silent.map((client) => ofClient(name, client, engine.since))];
}

function ofGlimpse(name: string, engine: Glimpse): SenderLine[] {
  return engine.clients.map((client) => ofClient(name, client, 0));
}

function ofClient(engine: string, client: Glimpse['clients'][number], since: number): SenderLine {
  const address = bare(client.address);
  return {
    key: address,
    name: nameOf(client.name, address),
    address,
    engines: [engine],
    received: client.received ?? 0,
    lastSeen: client.last_seen ?? 0,
    since,
    told: client.per_second ?? null,
  };
}

function add(lines: Map<string, SenderLine>, line: SenderLine): void {
  const known = lines.get(line.key);
  if (known === undefined) {
    lines.set(line.key, line);
    return;
  }
  lines.set(line.key, {
    ...known,
    name: known.name === '' ? line.name : known.name,
    engines: [...known.engines, ...line.engines],
    received: known.received + line.received,
    lastSeen: Math.max(known.lastSeen, line.lastSeen),
    since: Math.min(known.since, line.since),
    told: line.told === null ? known.told : (known.told ?? 0) + line.told,
  });
}

/** A network of one address is that address. */
function bare(address: string): string {
  return address.replace(/\/32$/, '').replace(/(:.*)\/128$/, '$1');
}

/** One address, and not this machine's own. */
function isDevice(address: string): boolean {
  const one = bare(address);
  return !/[/*]/.test(one) && one !== '::1' && !one.startsWith('127.0.0.1');
}

function nameOf(name: string | undefined, address: string): string {
  return name === undefined || bare(name) === address ? '' : name;
}

/** A paused engine hears, too. */
function isListening(state: string): boolean {
  return state === 'running' || state === 'degraded' || state === 'paused';
}

/** For how long it was not heard, s, where that is ten minutes or more; since the engine's start where it never was. */
export function silenceOf(line: SenderLine, now: number): number | null {
  const seconds = now / 1_000 - (line.lastSeen > 0 ? line.lastSeen / 1e6 : line.since);
  if (line.lastSeen === 0 && line.since === 0) return null;
  return seconds >= SILENT_SECONDS ? seconds : null;
}

export interface ShownSender extends SenderLine {
  /** Messages a second over the last minute; null: not known yet. */
  rate: number | null;
}

export interface SendersNow {
  /** The longest silence first. */
  silent: { sender: ShownSender; seconds: number }[];
  /** The busiest first. */
  heard: ShownSender[];
}

export function sorted(senders: readonly ShownSender[], now: number): SendersNow {
  const silent: SendersNow['silent'] = [];
  const heard: ShownSender[] = [];
  for (const sender of senders) {
    const seconds = silenceOf(sender, now);
    if (seconds !== null) silent.push({ sender, seconds });
    else if (sender.lastSeen > 0) heard.push(sender);
  }
  silent.sort((one, other) => other.seconds - one.seconds || one.sender.key.localeCompare(other.sender.key));
  return { silent, heard };
}
