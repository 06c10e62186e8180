import { expect, test } from 'vitest';

import { EngineFeed } from '@/lib/engine-feed';
import type { EngineSeen } from '@/types/shapes';

import { SenderFeed } from './sender-feed';
import { senderLines, silenceOf, sorted } from './sender-lines';

const MINUTE_US = 60_000_000;
const NOW_MS = 100 * 60_000;

function engine(more: object): EngineSeen {
  return { state: 'running', since: 0.5, whole: true, clients: [], senders: [], ...more } as unknown as EngineSeen;
}

function sender(address: string, received: number, minutesAgo = 0) {
  return { address, received, last_seen: NOW_MS * 1_000 - minutesAgo * MINUTE_US };
}

test('a sender of two engines is one line', () => {
  const lines = senderLines({
    a: engine({ senders: [sender('10.0.0.1', 5, 3)] }),
    b: engine({ senders: [sender('10.0.0.1', 7, 1)] }),
  });

  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ received: 12, engines: ['a', 'b'], lastSeen: NOW_MS * 1_000 - MINUTE_US });
});

test('a sender has the name of its client, where that is of one address', () => {
  const clients = [
    { name: 'fw-1', address: '10.0.0.1/32', last_seen: 1 },
    { name: '10.0.0.2', address: '10.0.0.2/32', last_seen: 1 },
  ];
  const lines = senderLines({ a: engine({ clients, senders: [sender('10.0.0.1', 5), sender('10.0.0.2', 5)] }) });

  expect(lines.slice(0, 2).map((line) => line.name)).toEqual(['fw-1', '']);
});

test('a device that never sent is silent since the start of the engine; a range, this machine and a stopped engine are not', () => {
  const clients = [
    { name: 'branch', address: '10.9.0.7/32', last_seen: 0 },
    { name: 'private', address: '10.0.0.0/8', last_seen: 0 },
    { name: 'loopback_v6', address: '::1/128', last_seen: 0 },
  ];
  const lines = senderLines({ a: engine({ clients, since: 60 }) });

  expect(lines).toMatchObject([{ name: 'branch', lastSeen: 0 }]);
  expect(lines.map((line) => silenceOf(line, NOW_MS))).toEqual([99 * 60]);
  expect(lines.map((line) => silenceOf({ ...line, since: NOW_MS / 1_000 - 30 }, NOW_MS))).toEqual([null]);
  expect(senderLines({ a: engine({ clients, state: 'stopped' }) })).toEqual([]);
});

test('after ten minutes a sender is silent, the longest first', () => {
  const lines = senderLines({
    a: engine({ senders: [sender('10.0.0.1', 5, 9), sender('10.0.0.2', 5, 14), sender('10.0.0.3', 5, 40)] }),
  }).map((line) => ({ ...line, rate: null }));
  const now = sorted(lines, NOW_MS);

  expect(now.silent.map((each) => each.sender.address)).toEqual(['10.0.0.3', '10.0.0.2']);
  expect(now.heard.map((each) => each.address)).toEqual(['10.0.0.1']);
});

test('a rate is what came since the first look of the last minute, and the order changes seldom', () => {
  const feed = new EngineFeed();
  const senders = new SenderFeed(feed);
  const leave = senders.watch(() => undefined);
  const hear = (at: number, one: number, other: number) =>
    feed.hear({ type: 'status', engines: { a: engine({ senders: [sender('one', one), sender('other', other)] }) } }, at);

  hear(0, 100, 50);
  expect(senders.current().map((each) => [each.key, each.rate])).toEqual([
    ['one', null],
    ['other', null],
  ]);
  hear(10_000, 100, 150);
  expect(senders.current().map((each) => [each.key, each.rate])).toEqual([
    ['one', 0],
    ['other', 10],
  ]);
  hear(20_000, 100, 250);
  expect(senders.current().map((each) => each.key)).toEqual(['other', 'one']);
  hear(21_000, 5, 250);
  expect(senders.current().find((each) => each.key === 'one')?.rate).toBe(0);
  leave();
});
