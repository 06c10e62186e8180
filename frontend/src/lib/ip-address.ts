/** IP addresses as numbers and as text, by the rules of the program that decides who may send. No React. */

export type Family = 4 | 6;

export interface Address {
  family: Family;
  value: bigint;
}

export const WIDTH_BITS: Record<Family, number> = { 4: 32, 6: 128 };

const MAPPED = 0xffffn;

/** null: no address. A v4-mapped one (`::ffff:10.0.0.1`) is read as the IPv4 address it is. */
export function readAddress(text: string): Address | null {
  const plain = readLiteral(text);
  if (plain?.family !== 6 || plain.value >> 32n !== MAPPED) return plain;
  return { family: 4, value: plain.value & 0xffff_ffffn };
}

/** The same, but a v4-mapped address stays the IPv6 it is written as. */
export function readLiteral(text: string): Address | null {
  const four = readFour(text);
  if (four !== null) return { family: 4, value: four };
  const six = readSix(text);
  return six === null ? null : { family: 6, value: six };
}

/** The shortest usual form. */
export function addressText({ family, value }: Address): string {
  return family === 4 ? fourText(value) : sixText(value);
}

function readFour(text: string): bigint | null {
  const octets = text.split('.');
  if (octets.length !== 4) return null;
  let value = 0n;
  for (const octet of octets) {
    // A leading zero is octal to some programs: it is refused.
    if (!/^(?:0|[1-9]\d{0,2})$/.test(octet) || Number(octet) > 255) return null;
    value = (value << 8n) | BigInt(octet);
  }
  return value;
}

function readSix(text: string): bigint | null {
  const halves = text.split('::');
  if (halves.length > 2 || !text.includes(':')) return null;
  const [left, right] = halves.map((half, place) => groupsOf(half, place === halves.length - 1));
  if (left === undefined || left === null || right === null) return null;
  const groups = [...left, ...(right ?? [])];
  const missing = 8 - groups.length;
  // `::` stands for at least one group.
  if (right === undefined ? missing !== 0 : missing < 1) return null;
  const all = [...left, ...Array<bigint>(missing).fill(0n), ...(right ?? [])];
  return all.reduce((value, group) => (value << 16n) | group, 0n);
}

/** The groups between colons; the very last one may be an IPv4 address, which is two. */
function groupsOf(text: string, isLast: boolean): bigint[] | null {
  if (text === '') return [];
  const groups: bigint[] = [];
  const words = text.split(':');
  for (const [place, word] of words.entries()) {
    const four = isLast && place === words.length - 1 ? readFour(word) : null;
    if (four !== null) groups.push(four >> 16n, four & 0xffffn);
    else if (/^[\da-fA-F]{1,4}$/.test(word)) groups.push(BigInt(`0x${word}`));
    else return null;
  }
  return groups;
}

function fourText(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => String((value >> shift) & 0xffn)).join('.');
}

function sixText(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, place) => Number((value >> BigInt(16 * (7 - place))) & 0xffffn));
  const { start, length } = longestZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function longestZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  groups.forEach((group, place) => {
    if (group !== 0) start = place + 1;
    else if (place + 1 - start > best.length) best = { start, length: place + 1 - start };
  });
  return best;
}
