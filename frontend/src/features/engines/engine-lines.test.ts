import { expect, test } from 'vitest';

import type { EngineListed, LedgerHistory } from '@/types/shapes';

import { engineLines, filtered, lastHour, statesInWords } from './engine-lines';

const listed = (name: string, part: object = {}): EngineListed =>
  ({
    engine: name,
    title: '',
    class: 'mikrotik',
    port: 5140,
    state: 'running',
    since: 1,
    why: '',
    wanted: 'running',
    needs_restart: [],
    whole: true,
    ...part,
  }) as unknown as EngineListed;

test('lines are in the order of their names, numbers by size', () => {
  const lines = engineLines([listed('edge_10'), listed('edge_9'), listed('core')], null);
  expect(lines.map(({ name }) => name)).toEqual(['core', 'edge_9', 'edge_10']);
});

test('without the live connection rates are unknown, and not nothing', () => {
  expect(engineLines([listed('edge')], null)[0]).toMatchObject({ received: null, lost: null });
});

test('of a glimpse there is name and state only', () => {
  const lines = engineLines([{ engine: 'edge', state: 'running', clients: [], whole: false }], null);
  expect(lines[0]).toMatchObject({ name: 'edge', isWhole: false, port: null, logClass: '' });
});

test('the filter wants every word, wherever it stands', () => {
  const lines = engineLines([listed('edge', { title: 'Dhaka' }), listed('core', { port: 5141, state: 'failed' })], null);
  expect(filtered(lines, 'dhaka mikro')).toHaveLength(1);
  expect(filtered(lines, '5141')).toMatchObject([{ name: 'core' }]);
  expect(filtered(lines, 'failed dhaka')).toHaveLength(0);
  expect(filtered(lines, ' ')).toHaveLength(2);
});

test('states are counted, the worst first', () => {
  const lines = engineLines([listed('a'), listed('b'), listed('c', { state: 'failed' }), listed('d', { state: 'odd' })], null);
  expect(statesInWords(lines)).toBe('1 failed, 2 running, 1 odd');
});

test('the last hour is by engine, without the minute that is not over', () => {
  const history = { starts: [1, 2, 3], series: [{ engine: 'mikrotik/edge', counts: { received: [60, 120, 3] } }] };
  expect(lastHour(history as unknown as LedgerHistory).get('edge')).toEqual([60, 120]);
  expect(lastHour(undefined).size).toBe(0);
});
