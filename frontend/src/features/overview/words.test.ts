import { expect, test } from 'vitest';

import { sumOf } from '@/lib/ledger';

import { verdictOf } from './words';

const NOTHING = sumOf([]);

test('nothing lost is said only where something arrived', () => {
  expect(verdictOf(NOTHING).kind).toBe('info');
  expect(verdictOf({ ...NOTHING, offered: 10, stored: 10 })).toMatchObject({ kind: 'good', more: 'All of it is stored.' });
});

test('a loss is named with its number and its place', () => {
  const verdict = verdictOf({ ...NOTHING, offered: 1_010, stored: 1_000, kernel: 9, dropped: 1 });

  expect(verdict.kind).toBe('warning');
  expect(verdict.title).toBe('10 messages were lost, of 1,010 that arrived.');
  expect(verdict.more).toContain('9 by the kernel');
});

test('what is unexplained is never called good', () => {
  expect(verdictOf({ ...NOTHING, offered: 10, stored: 9, unexplained: 1 }).kind).toBe('bad');
  expect(verdictOf({ ...NOTHING, offered: 10, stored: 11, unexplained: -1 }).kind).toBe('bad');
});
