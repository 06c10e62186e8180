/**
 * Ranges of senders, so that somebody sees what a range means before it is sent: an address, a CIDR, or whole octets
 * (`192.168.*`). The rules are those of the program, which has the last word. No React.
 */
import { count } from './format';
import { addressText, readAddress, readLiteral, WIDTH_BITS, type Address, type Family } from './ip-address';

export interface Range {
  family: Family;
  /** Length of the prefix. */
  bits: number;
  first: bigint;
  last: bigint;
}

/** Why a text is no range, what would be one, and texts that may have been meant. */
export interface Misread {
  wrong: string;
  right: string;
  fixes: string[];
}

export interface Named {
  name: string;
  address: string;
}

export type Relation = 'same' | 'inside' | 'around' | 'apart';

const EXAMPLES = 'Write an address, a CIDR such as 10.0.0.0/8 or fd00::/8, or whole octets such as 192.168.*';
const WHOLE_OCTETS = 'A wildcard stands for whole octets at the end, as in 192.168.*; for everybody write 0.0.0.0/0 and ::/0.';
const MAPPED_BITS = 96;

export function isRange(read: Range | Misread): read is Range {
  return 'first' in read;
}

export function readRange(written: string): Range | Misread {
  const text = written.trim();
  if (text.includes('%')) {
    const bare = text.split('%')[0] ?? '';
    return misread(text, 'has a zone', 'Leave out the % and what follows.', readAddress(bare) === null ? [] : [bare]);
  }
  if (text.includes('*')) return readWildcard(text);
  const [address = '', ...behind] = text.split('/');
  const found = readLiteral(address);
  if (found === null || behind.length > 1) return misread(text, 'is no range', EXAMPLES, completions(text));
  const [length] = behind;
  return length === undefined ? rangeOf(found, WIDTH_BITS[found.family]) : readPrefix(text, found, length);
}

function readPrefix(text: string, found: Address, length: string): Range | Misread {
  const most = WIDTH_BITS[found.family];
  if (!/^\d{1,4}$/.test(length) || Number(length) > most) {
    const bits = maskBits(found.family, length);
    const fixes = bits === null ? [] : [rangeText(rangeAround(found, bits))];
    return misread(text, `has no length of 0 to ${most} behind the slash`, EXAMPLES, fixes);
  }
  const range = rangeAround(found, Number(length));
  if (range.first === found.value) return rangeOf(found, range.bits);
  // It may be meant as the range or as the one address: the program does not guess, and neither do we.
  const fixes = [rangeText(unmapped(range)), rangeText(rangeOf(found, most))];
  return misread(text, 'has bits set behind its prefix', `Write ${fixes.join(' for the range, or ')} for the one address.`, fixes);
}

function readWildcard(text: string): Range | Misread {
  const match = /^((?:\d{1,3}\.){1,3})\*(?:\.\*)*$/.exec(text);
  const octets = (match?.[1] ?? '').split('.').filter((each) => each !== '');
  const padded = [...octets, '0', '0', '0', '0'].slice(0, 4).join('.');
  const found = readLiteral(padded);
  if (match === null || found === null || text.split('.').length > 4) {
    return misread(text, 'is no range', WHOLE_OCTETS, /^[*.]+$/.test(text) ? ['0.0.0.0/0', '::/0'] : []);
  }
  return rangeOf(found, 8 * octets.length);
}

function misread(text: string, wrong: string, right: string, fixes: string[] = []): Misread {
  return { wrong: text === '' ? 'There is no range yet.' : `${text} ${wrong}.`, right, fixes };
}

/** `192.168` and `192.168.` are on their way to `192.168.*`. */
function completions(text: string): string[] {
  const octets = /^((?:\d{1,3}\.){0,2}\d{1,3})\.?$/.exec(text)?.[1];
  if (octets === undefined) return [];
  const wildcard = `${octets}.*`;
  return isRange(readRange(wildcard)) ? [wildcard] : [];
}

/** A netmask such as 255.255.0.0 as the length of a prefix. */
function maskBits(family: Family, mask: string): number | null {
  const read = family === 4 ? readLiteral(mask) : null;
  if (read?.family !== 4) return null;
  const ones = read.value.toString(2).padStart(32, '0').indexOf('0');
  const bits = ones === -1 ? 32 : ones;
  return prefixMask(4, bits) === read.value ? bits : null;
}

function prefixMask(family: Family, bits: number): bigint {
  const width = WIDTH_BITS[family];
  return ((1n << BigInt(bits)) - 1n) << BigInt(width - bits);
}

function rangeAround({ family, value }: Address, bits: number): Range {
  const first = value & prefixMask(family, bits);
  return { family, bits, first, last: first + (1n << BigInt(WIDTH_BITS[family] - bits)) - 1n };
}

function rangeOf(address: Address, bits: number): Range {
  return unmapped(rangeAround(address, bits));
}

/** A range of v4-mapped addresses is the range of IPv4 that it means. */
function unmapped(range: Range): Range {
  if (range.family === 4 || range.bits < MAPPED_BITS || range.first >> 32n !== 0xffffn) return range;
  return rangeAround({ family: 4, value: range.first & 0xffff_ffffn }, range.bits - MAPPED_BITS);
}

/** The usual form: an address where it is one, else a CIDR. */
export function rangeText(range: Range): string {
  const first = addressText({ family: range.family, value: range.first });
  return range.bits === WIDTH_BITS[range.family] ? first : `${first}/${range.bits}`;
}

/** A range as somebody likes to read it: `10.1.2.3/32` is one address. What is no range stays as it is. */
export function shortRange(written: string): string {
  const known = shortened.get(written);
  if (known !== undefined) return known;
  const read = readRange(written);
  const short = isRange(read) ? rangeText(read) : written;
  if (shortened.size >= MOST_REMEMBERED) shortened.clear();
  shortened.set(written, short);
  return short;
}

/** An engine may have ten thousand clients, and they are told once a second. */
const MOST_REMEMBERED = 20_000;
const shortened = new Map<string, string>();

/** The range around an address that is as wide as a usual network: a /24, or a /64 of IPv6. null: no address. */
export function networkOf(address: string): string | null {
  const found = readAddress(address);
  return found === null ? null : rangeText(rangeAround(found, found.family === 4 ? 24 : 64));
}

/** `256 addresses: 10.1.2.0 to 10.1.2.255`. */
export function rangeWords(range: Range): string {
  const { family, first, last } = range;
  if (first === last) return `1 address: ${addressText({ family, value: first })}`;
  return `${sizeWords(range)}: ${addressText({ family, value: first })} to ${addressText({ family, value: last })}`;
}

function sizeWords({ family, bits }: Range): string {
  const free = WIDTH_BITS[family] - bits;
  // Nobody reads a number of 30 digits.
  return free <= 40 ? `${count(2 ** free)} addresses` : `2^${free} addresses`;
}

const KNOWN: readonly (readonly [string, string])[] = [
  ['0.0.0.0/0', 'Every IPv4 address: anybody who reaches the port may send.'],
  ['::/0', 'Every IPv6 address: anybody who reaches the port may send.'],
  ['127.0.0.0/8', 'This machine itself (loopback).'],
  ['::1', 'This machine itself (loopback).'],
  ['10.0.0.0/8', 'Private addresses.'],
  ['172.16.0.0/12', 'Private addresses.'],
  ['192.168.0.0/16', 'Private addresses.'],
  ['fc00::/7', 'Private addresses of IPv6.'],
  ['100.64.0.0/10', 'Addresses of a provider behind NAT.'],
  ['169.254.0.0/16', 'Link-local addresses.'],
  ['fe80::/10', 'Link-local addresses.'],
  ['224.0.0.0/4', 'Multicast: no sender has such an address.'],
  ['ff00::/8', 'Multicast: no sender has such an address.'],
];

/** What a range is known as, in a sentence; null: nothing is to be said. */
export function knownAs(range: Range): string | null {
  const found = KNOWN.find(([text], place) => {
    const read = readRange(text);
    // The whole of a family is not what every range in it is called.
    return isRange(read) && (place < 2 ? relation(range, read) === 'same' : ['same', 'inside'].includes(relation(range, read)));
  });
  return found?.[1] ?? null;
}

/** How a range lies to another one. Ranges are nested or apart; IPv4 is never in a range of IPv6. */
export function relation(range: Range, other: Range): Relation {
  if (range.family !== other.family || range.first > other.last || range.last < other.first) return 'apart';
  if (range.bits === other.bits) return 'same';
  return range.bits > other.bits ? 'inside' : 'around';
}

/** Whether an address lies in a range; neither where one of them cannot be read. */
export function isInside(address: string, written: string): boolean {
  const [one, other] = [readRange(address), readRange(written)];
  return isRange(one) && isRange(other) && ['same', 'inside'].includes(relation(one, other));
}

/** The client that takes what a range sends where the range itself is nobody's: the narrowest one around it. */
export function ownerOf<T extends Named>(range: Range, clients: readonly T[]): T | null {
  let best: { client: T; bits: number } | null = null;
  for (const client of clients) {
    const read = readRange(client.address);
    if (!isRange(read) || !['same', 'inside'].includes(relation(range, read))) continue;
    if (best === null || read.bits > best.bits) best = { client, bits: read.bits };
  }
  return best?.client ?? null;
}

const MOST_NAMED = 3;

/** What it means that a range and those of other clients lie in one another; nothing where they do not. */
export function overlapWords(range: Range, others: readonly Named[]): { words: string; isRefused: boolean }[] {
  const owner = ownerOf(range, others);
  const held = others.filter((each) => {
    const read = readRange(each.address);
    return isRange(read) && relation(range, read) === 'around';
  });
  const said: { words: string; isRefused: boolean }[] = [];
  if (owner !== null) {
    const read = readRange(owner.address);
    const isSame = isRange(read) && relation(range, read) === 'same';
    const place = `${owner.name} (${shortRange(owner.address)})`;
    said.push(
      isSame
        ? { words: `${owner.name} has this range already: each range is one client's.`, isRefused: true }
        : { words: `Lies within ${place}. The narrower range wins: these addresses become this client's.`, isRefused: false },
    );
  }
  if (held.length > 0) {
    const names = held.slice(0, MOST_NAMED).map((each) => `${each.name} (${shortRange(each.address)})`);
    const rest = held.length > MOST_NAMED ? ` and ${count(held.length - MOST_NAMED)} more` : '';
    said.push({ words: `Holds ${names.join(', ')}${rest}, which keep their own addresses.`, isRefused: false });
  }
  return said;
}
