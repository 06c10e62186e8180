import { expect, test } from 'vitest';

import type { EngineListed } from '@/types/shapes';

import { doorsOf, portWords } from './first-run';

const engine = (name: string, port: number, state: string): EngineListed =>
  ({ engine: name, port, state, settings: { addresses: [] }, whole: true }) as unknown as EngineListed;

test('engines that listen come first, and those of which only clients are seen are none', () => {
  const glimpse: EngineListed = { engine: 'x', state: 'running', clients: [], whole: false };
  const doors = doorsOf([engine('a', 1, 'stopped'), engine('c', 514, 'running'), engine('b', 5140, 'running'), glimpse], null);

  expect(doors.map((door) => door.name)).toEqual(['b', 'c', 'a']);
  expect(portWords(doors.slice(0, 2))).toBe('ports 5140 (b) and 514 (c)');
  expect(portWords(doors.slice(0, 1))).toBe('port 5140 (b)');
});
