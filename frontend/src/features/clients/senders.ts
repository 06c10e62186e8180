/** Who sends without being a client: what is said of each, and what is offered. */
import { readAddress } from '@/lib/ip-address';
import { count } from '@/lib/format';
import type { Snippet } from '@/lib/snippets';
import type { UnknownSender } from '@/types/shapes';

export interface Waiting {
  /** Unique over all engines: one device may knock at several. */
  id: string;
  engine: string;
  sender: UnknownSender;
}

export interface Rate {
  logClass: string;
  /** 0 to 1; null: the patterns of the class took too long. */
  hits: number | null;
}

export interface EngineOfClass {
  engine: string;
  logClass: string;
  port: number;
}

/** The busiest first; equals by address, so that they do not change places each time. */
export function waitingOf(found: readonly { engine: string; senders: readonly UnknownSender[] }[]): Waiting[] {
  const all = found.flatMap(({ engine, senders }) =>
    senders.map((sender) => ({ id: `${engine}/${sender.address}`, engine, sender })),
  );
  return all.sort((one, other) => other.sender.refused - one.sender.refused || (one.id < other.id ? -1 : 1));
}

export function matchingSenders(waiting: readonly Waiting[], filter: string): Waiting[] {
  const words = filter.toLowerCase().split(/\s+/).filter((word) => word !== '');
  return waiting.filter(({ engine, sender }) => {
    const text = `${engine} ${sender.address} ${sender.guessed_class ?? ''} ${sender.samples.join(' ')}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** Of every class what part of its fields was found in the lines; the best first. */
export function ratesOf(sender: UnknownSender): Rate[] {
  return Object.entries(sender.hit_rates)
    .map(([logClass, hits]) => ({ logClass, hits }))
    .sort((one, other) => (other.hits ?? -1) - (one.hits ?? -1) || (one.logClass < other.logClass ? -1 : 1));
}

export function percent(hits: number): string {
  // What was found at all is not shown as nothing, what is not whole not as whole.
  const rounded = Math.round(hits * 100);
  if (hits > 0 && rounded === 0) return 'under 1 %';
  return hits < 1 && rounded === 100 ? 'over 99 %' : `${rounded} %`;
}

/** `looks like mikrotik: 80 % of its fields found`. */
export function guessWords(sender: UnknownSender): string {
  const rates = ratesOf(sender);
  const best = rates.find((each) => each.logClass === sender.guessed_class);
  if (best?.hits != null) return `Looks like ${best.logClass}: ${percent(best.hits)} of its fields found.`;
  if (sender.samples.length === 0) return 'What it sends is empty.';
  const lines = sender.samples.length === 1 ? 'line' : 'lines';
  if (rates.length === 0) return `No class has been tried on its ${lines}.`;
  if (rates.every((each) => each.hits === null)) return `The classes took too long to be tried on its ${lines}.`;
  const [only] = rates;
  if (only !== undefined && rates.length === 1) return `The class ${only.logClass} finds nothing in its ${lines}.`;
  return `None of the ${count(rates.length)} classes finds anything in its ${lines}.`;
}

/** The other classes in one line; empty where there are none that find anything. */
export function otherRates(sender: UnknownSender): string {
  const others = ratesOf(sender).filter((each) => each.logClass !== sender.guessed_class && (each.hits ?? 0) > 0);
  return others.map((each) => `${each.logClass} ${percent(each.hits ?? 0)}`).join(' · ');
}

/** Engines whose class fits better than that of the engine it sends to. */
export function betterEngines(waiting: Waiting, engines: readonly EngineOfClass[]): EngineOfClass[] {
  const own = engines.find((each) => each.engine === waiting.engine);
  const hits = (logClass: string) => waiting.sender.hit_rates[logClass] ?? 0;
  const ownHits = own === undefined ? 0 : hits(own.logClass);
  return engines
    .filter((each) => each.engine !== waiting.engine && hits(each.logClass) > ownHits)
    .sort((one, other) => hits(other.logClass) - hits(one.logClass) || (one.engine < other.engine ? -1 : 1));
}

/** What kind of device lines seem to come from, so that its ready lines stand first: the first that tells says it. */
export function deviceOf({ samples }: Pick<UnknownSender, 'samples'>): Snippet['kind'] {
  return firstOf(samples, kindOf) ?? 'routeros';
}

function kindOf(line: string): Snippet['kind'] | undefined {
  if (/%[A-Z][A-Z0-9_]*-(?:\w+-)?[0-7]-[A-Z0-9_]+:/.test(line)) return 'cisco';
  return /(?:^|\s)[\w./-]+\[\d+\]:/.test(line) ? 'rsyslog' : undefined;
}

function firstOf<T>(lines: readonly string[], read: (line: string) => T | undefined): T | undefined {
  return lines.map(read).find((found) => found !== undefined);
}

const MOST_NAME_CHARACTERS = 100;
const HOST = '[A-Za-z0-9][A-Za-z0-9._-]{0,62}';
/** Where lines have the name of who sends them: RFC 5424, RFC 3164, and MikroTik's own with the time alone. */
const NAMED_BY: readonly RegExp[] = [
  new RegExp(`^<\\d{1,3}>1 \\S+ (${HOST}) `),
  new RegExp(`^<\\d{1,3}>\\s?[A-Z][a-z]{2} [ \\d]\\d (?:\\d{4} )?\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)? (${HOST})(?: |: )`),
  new RegExp(`^<\\d{1,3}>\\s?\\d{1,2}:\\d{2}:\\d{2} (${HOST}) `),
];

/** The name that the first line with one gives, else the address; one that no client of the engine has. */
export function suggestedName(sender: Pick<UnknownSender, 'address' | 'samples'>, taken: readonly string[]): string {
  const base = firstOf(sender.samples, nameIn) ?? sender.address;
  return freeName(base.slice(0, MOST_NAME_CHARACTERS), sender.address, taken);
}

function nameIn(line: string): string | undefined {
  const told = NAMED_BY.map((pattern) => pattern.exec(line)?.[1]).find((name) => name !== undefined);
  // A line may name an address where its sender has no name.
  return told === undefined || readAddress(told) !== null ? undefined : told;
}

function freeName(base: string, address: string, taken: readonly string[]): string {
  if (!taken.includes(base)) return base;
  const withAddress = `${base} ${address}`.slice(0, MOST_NAME_CHARACTERS);
  if (base !== address && !taken.includes(withAddress)) return withAddress;
  for (let number = 2; ; number += 1) {
    const numbered = `${base.slice(0, MOST_NAME_CHARACTERS - 6)} ${number}`;
    if (!taken.includes(numbered)) return numbered;
  }
}
