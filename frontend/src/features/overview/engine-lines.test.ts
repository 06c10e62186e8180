import { expect, test } from 'vitest';

import type { EngineSeen } from '@/types/shapes';

import { engineLines } from './engine-lines';

function engine(name: string, more: object): EngineSeen {
  return { engine: name, title: '', class: 'word', state: 'running', wanted: 'running', needs_restart: [], whole: true, ...more } as unknown as EngineSeen;
}

test('what needs a look comes first, the rest by name', () => {
  const live = {
    a: engine('a', {}),
    b: engine('b', { state: 'stopped', wanted: 'stopped' }),
    c: engine('c', { state: 'stopped' }),
    d: engine('d', { needs_restart: ['port'] }),
    e: engine('e', { state: 'failed' }),
    f: engine('f', { state: 'paused' }),
  };

  const lines = engineLines([], live);
  expect(lines.map((line) => line.name)).toEqual(['e', 'c', 'f', 'd', 'a', 'b']);
  expect(lines.filter((line) => line.needsLook)).toHaveLength(4);
});

test('figures that are not told are unknown, and not nothing', () => {
  const glimpse: EngineSeen = { engine: 'edge', state: 'running', clients: [], whole: false };

  expect(engineLines([glimpse], null)[0]).toMatchObject({ received: null, lost: null, needsLook: false });
  const ledger = { kernel_dropped: 3, dropped: { paused: 2 }, unexplained: 0 };
  expect(engineLines([], { x: engine('x', { ledger }) })[0]).toMatchObject({ received: null, lost: 5 });
});
