import { expect, test } from 'vitest';

import {
  isInside,
  isRange,
  knownAs,
  networkOf,
  overlapWords,
  ownerOf,
  rangeText,
  rangeWords,
  readRange,
  relation,
  shortRange,
  type Range,
} from './cidr';

function range(text: string): Range {
  const read = readRange(text);
  if (!isRange(read)) throw new Error(`${text}: ${read.wrong}`);
  return read;
}

test.each([
  ['10.1.2.3', '10.1.2.3', '1 address: 10.1.2.3'],
  ['10.1.2.3/32', '10.1.2.3', '1 address: 10.1.2.3'],
  [' 10.20.0.0/16 ', '10.20.0.0/16', '65,536 addresses: 10.20.0.0 to 10.20.255.255'],
  ['192.168.*', '192.168.0.0/16', '65,536 addresses: 192.168.0.0 to 192.168.255.255'],
  ['10.*', '10.0.0.0/8', '16,777,216 addresses: 10.0.0.0 to 10.255.255.255'],
  ['10.*.*.*', '10.0.0.0/8', '16,777,216 addresses: 10.0.0.0 to 10.255.255.255'],
  ['10.1.2.*', '10.1.2.0/24', '256 addresses: 10.1.2.0 to 10.1.2.255'],
  ['10.0.0.0/31', '10.0.0.0/31', '2 addresses: 10.0.0.0 to 10.0.0.1'],
  ['0.0.0.0/0', '0.0.0.0/0', '4,294,967,296 addresses: 0.0.0.0 to 255.255.255.255'],
  ['::1', '::1', '1 address: ::1'],
  ['fd00::/8', 'fd00::/8', '2^120 addresses: fd00:: to fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['2001:DB8::/64', '2001:db8::/64', '2^64 addresses: 2001:db8:: to 2001:db8::ffff:ffff:ffff:ffff'],
  ['::/0', '::/0', '2^128 addresses: :: to ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff'],
  ['::ffff:10.0.0.0/104', '10.0.0.0/8', '16,777,216 addresses: 10.0.0.0 to 10.255.255.255'],
])('%s is %s: %s', (written, text, words) => {
  expect(rangeText(range(written))).toBe(text);
  expect(rangeWords(range(written))).toBe(words);
});

test.each([
  ['', []],
  ['10.0.0.1/8', ['10.0.0.0/8', '10.0.0.1']],
  ['2001:db8::1/64', ['2001:db8::/64', '2001:db8::1']],
  ['192.168', ['192.168.*']],
  ['192.168.', ['192.168.*']],
  ['192.168.1', ['192.168.1.*']],
  ['300.1', []],
  ['10.0.0.0/255.0.0.0', ['10.0.0.0/8']],
  ['10.0.0.7/255.255.255.0', ['10.0.0.0/24']],
  ['10.0.0.0/255.0.255.0', []],
  ['10.0.0.0/33', []],
  ['10.0.0.0/', []],
  ['10.0.0.0/8/8', []],
  ['fd00::/129', []],
  ['*', ['0.0.0.0/0', '::/0']],
  ['*.*', ['0.0.0.0/0', '::/0']],
  ['192.*.1', []],
  ['192.168.1.1.*', []],
  ['10.1.2.3.*', []],
  ['300.*', []],
  ['fd00:*', []],
  ['fe80::1%eth0', ['fe80::1']],
  ['router', []],
])('%j is no range, and may be meant as %j', (written, fixes) => {
  const read = readRange(written);

  expect(isRange(read)).toBe(false);
  if (isRange(read)) return;
  expect(read.fixes).toEqual(fixes);
  for (const fix of read.fixes) expect(isRange(readRange(fix)), fix).toBe(true);
  expect(read.wrong).toMatch(/\.$/);
});

test('every prefix of both families is read, said and read again', () => {
  for (const [address, width] of [['0.0.0.0', 32], ['::', 128]] as const) {
    for (let bits = 0; bits <= width; bits += 1) {
      const read = range(`${address}/${bits}`);

      expect(read.last - read.first + 1n).toBe(1n << BigInt(width - bits));
      expect(range(rangeText(read))).toEqual(read);
    }
  }
});

test.each([
  ['10.0.0.0/8', '10.0.0.0/8', 'same'],
  ['10.0.0.0/8', '10.*', 'same'],
  ['10.1.0.0/16', '10.0.0.0/8', 'inside'],
  ['10.0.0.0/16', '10.0.0.0/8', 'inside'],
  ['10.0.0.0/8', '10.255.255.255', 'around'],
  ['10.0.0.0/8', '11.0.0.0/8', 'apart'],
  ['0.0.0.0/0', '::/0', 'apart'],
  ['::/0', '10.0.0.1', 'apart'],
  ['::/0', '::1', 'around'],
])('%s lies to %s: %s', (one, other, found) => {
  expect(relation(range(one), range(other))).toBe(found);
});

test('of ranges around an address the narrowest owns it', () => {
  const clients = ['0.0.0.0/0', '10.0.0.0/8', '10.1.0.0/16', '::/0', 'nonsense'].map((address) => ({ name: address, address }));

  expect(ownerOf(range('10.1.2.3'), clients)?.name).toBe('10.1.0.0/16');
  expect(ownerOf(range('10.2.2.3'), clients)?.name).toBe('10.0.0.0/8');
  expect(ownerOf(range('192.0.2.1'), clients)?.name).toBe('0.0.0.0/0');
  expect(ownerOf(range('192.0.2.1'), [])).toBeNull();
});

test('who lies in a range', () => {
  expect(isInside('10.1.2.3', '10.1.2.*')).toBe(true);
  expect(isInside('10.1.3.3', '10.1.2.*')).toBe(false);
  expect(isInside('10.1.2.3', 'nonsense')).toBe(false);
});

test('overlaps are said, and the same range is refused', () => {
  const others = [
    { name: 'office', address: '10.0.0.0/8' },
    { name: 'b1', address: '10.1.1.1/32' },
    { name: 'b2', address: '10.1.2.0/24' },
    { name: 'b3', address: '10.1.3.0/24' },
    { name: 'b4', address: '10.1.4.0/24' },
  ];

  expect(overlapWords(range('10.1.0.0/16'), others)).toEqual([
    {
      words: "Lies within office (10.0.0.0/8). The narrower range wins: these addresses become this client's.",
      isRefused: false,
    },
    { words: 'Holds b1 (10.1.1.1), b2 (10.1.2.0/24), b3 (10.1.3.0/24) and 1 more, which keep their own addresses.', isRefused: false },
  ]);
  expect(overlapWords(range('10.*'), others)[0]).toEqual({
    words: "office has this range already: each range is one client's.",
    isRefused: true,
  });
  expect(overlapWords(range('192.0.2.1'), others)).toEqual([]);
});

test.each([
  ['0.0.0.0/0', /Every IPv4 address/],
  ['10.1.0.0/16', /Private/],
  ['127.0.0.1', /This machine/],
  ['fe80::1', /Link-local/],
  ['224.0.0.1', /no sender/],
])('%s is known', (written, words) => {
  expect(knownAs(range(written))).toMatch(words);
});

test('of a usual public address nothing is said', () => {
  expect(knownAs(range('198.51.100.7'))).toBeNull();
  expect(knownAs(range('2001:db8::/32'))).toBeNull();
});

test('the network around a sender', () => {
  expect(networkOf('10.1.2.3')).toBe('10.1.2.0/24');
  expect(networkOf('2001:db8::5')).toBe('2001:db8::/64');
  expect(networkOf('nobody')).toBeNull();
});

test('a range that cannot be read is shown as it is', () => {
  expect(shortRange('10.1.2.3/32')).toBe('10.1.2.3');
  expect(shortRange('somewhere')).toBe('somewhere');
});
