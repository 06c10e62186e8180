import { expect, test } from 'vitest';

import { sumOf } from './ledger';
import { termsOf, verdictOf } from './ledger-words';

const NOTHING = sumOf([]);

test('nothing lost is said only where something arrived', () => {
  expect(verdictOf(NOTHING).kind).toBe('info');
  expect(verdictOf({ ...NOTHING, offered: 10, stored: 10 })).toMatchObject({ kind: 'good', more: 'All of it is stored.' });
});

test('a loss is named with its number, its place and its reason', () => {
  const balance = { ...NOTHING, offered: 1_010, stored: 1_000, kernel: 9, dropped: 1 };
  const verdict = verdictOf(balance, { paused: 1, no_space: 0 });

  expect(verdict.kind).toBe('warning');
  expect(verdict.title).toBe('10 messages were lost, of 1,010 that arrived.');
  expect(verdict.more).toContain('9 by the kernel');
  expect(verdict.more).toContain('1 while an engine was paused.');
  expect(verdictOf(balance, {}).more).toContain('1 by the engine, each with a reason.');
});

test('what is unexplained is never called good', () => {
  expect(verdictOf({ ...NOTHING, offered: 10, stored: 9, unexplained: 1 }).kind).toBe('bad');
  expect(verdictOf({ ...NOTHING, offered: 10, stored: 11, unexplained: -1 }).kind).toBe('bad');
});

test('what was stored of an earlier time is said', () => {
  expect(verdictOf({ ...NOTHING, offered: 10, stored: 12, inFlight: -2 }).more).toBe(
    '2 that had arrived before were stored in this time.',
  );
});

test('messages that were shortened are told beside those that were refused', () => {
  expect(verdictOf({ ...NOTHING, offered: 5, stored: 3, refused: 2 }, {}, 1).more).toBe(
    '2 came from senders that are not allowed. 1 was longer than a message may be, and was shortened.',
  );
});

test('the terms are the equation without its rest', () => {
  const balance = { offered: 21, stored: 1, refused: 2, empty: 3, dropped: 4, kernel: 5, inFlight: 6, unexplained: 0 };

  expect(termsOf(balance).reduce((sum, each) => sum + each.value, 0)).toBe(balance.offered);
});
