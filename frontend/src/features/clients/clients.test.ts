import { expect, test } from 'vitest';

import type { EngineListed, EngineSeen } from '@/types/shapes';

import { clientLines, heardOf, matching, tallyOf, type ClientLine } from './clients';

const NOW = 1_800_000_000_000;
const seconds = (ago: number) => (NOW / 1_000 - ago) * 1_000_000;

function engine(name: string, clients: object[], more: object = {}): EngineSeen & EngineListed {
  return { engine: name, state: 'running', whole: true, settings: { clients }, ...more } as unknown as EngineSeen & EngineListed;
}

function line(name: string, more: Partial<ClientLine> = {}): ClientLine {
  const id = `main/${name}`;
  return { id, engine: 'main', name, range: '10.0.0.1', isCounting: true, received: 0, bytes: 0, lastSeen: 0, perSecond: 0, ...more };
}

test('the figures of the live feed are shown, in the usual form of a range', () => {
  const counted = { name: 'core', address: '10.1.0.1/32', received: 5, bytes: 500, last_seen: seconds(1), per_second: 2 };
  const live = { main: engine('main', [{ name: 'core', address: '10.1.0.1' }], { clients: [counted] }) };

  const [shown] = clientLines({ seen: Object.values(live), isLive: true, told: live, asked: [] });

  expect(shown).toMatchObject({ id: 'main/core', range: '10.1.0.1', received: 5, perSecond: 2, isCounting: true });
});

test('of an engine that does not run the clients are there, their figures are not', () => {
  const live = { main: engine('main', [{ name: 'core', address: '10.1.0.1' }], { clients: null }) };

  const [shown] = clientLines({ seen: Object.values(live), isLive: true, told: live, asked: [] });

  expect(shown).toMatchObject({ name: 'core', received: null, lastSeen: null, isCounting: false });
});

test('without a live connection it is what was asked for, and before that what was told or is kept', () => {
  const seen = ['main', 'edge', 'core'].map((name) => engine(name, [{ name: 'a', address: '10.0.0.0/8' }]));
  const asked = [{ engine: 'main', clients: [{ name: 'a', address: '10.0.0.0/8', received: 7 }] }];
  const told = { edge: engine('edge', [], { clients: [{ name: 'a', address: '10.0.0.0/8', received: 5 }] }) };

  expect(clientLines({ seen, isLive: false, told, asked }).map((each) => [each.id, each.received])).toEqual([
    ['core/a', null],
    ['edge/a', 5],
    ['main/a', 7],
  ]);
});

test('who sees some clients only sees these', () => {
  const clients = [{ name: 'core', address: '10.1.0.1', received: 1 }];
  const told: Record<string, EngineSeen> = { main: { engine: 'main', state: 'running', whole: false, clients } };

  expect(clientLines({ seen: Object.values(told), isLive: true, told, asked: [] })).toHaveLength(1);
});

test('they stand by name, numbers in names as numbers, and by engine', () => {
  const clients = (names: string[]) => names.map((name) => ({ name, address: '10.0.0.1' }));
  const seen = [engine('main', clients(['rtr-10', 'rtr-2'])), engine('edge', clients(['rtr-2']))];

  expect(clientLines({ seen, isLive: false, told: null, asked: [] }).map((each) => each.id)).toEqual([
    'edge/rtr-2',
    'main/rtr-2',
    'main/rtr-10',
  ]);
});

test.each([
  [null, 'unknown'],
  [0, 'nothing'],
  [seconds(1), 'sending'],
  [seconds(599), 'sending'],
  [seconds(600), 'silent'],
  [seconds(-5), 'sending'],
])('a client last heard at %s is %s', (lastSeen, heard) => {
  expect(heardOf({ lastSeen }, NOW)).toBe(heard);
});

test('every word of the filter has to be there, in name, range or engine', () => {
  const lines = [line('core'), line('branch 7', { engine: 'edge', range: '10.20.0.0/16' })];

  expect(matching(lines, null, '10.20 EDGE')).toHaveLength(1);
  expect(matching(lines, 'main', '10.20')).toHaveLength(0);
  expect(matching(lines, null, '  ')).toHaveLength(2);
});

test('the tally has every client once', () => {
  const lines = [line('a', { lastSeen: seconds(700) }), line('b'), line('c', { lastSeen: null }), line('d', { lastSeen: seconds(2) })];

  expect(tallyOf(lines, NOW)).toEqual({ sending: 1, silent: 1, nothing: 1, unknown: 1 });
});
