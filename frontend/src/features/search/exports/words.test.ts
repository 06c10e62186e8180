import { expect, test } from 'vitest';

import { played } from './played-export';
import { downloadWords, expiryWords, progressWords, summaryWords } from './words';

test('how far an export is', () => {
  const pace = { rowsPerSecond: 84_000, bytesPerSecond: 23_000_000, secondsLeft: 61 };

  expect(progressWords({ ...played, state: 'running', percent: 41.6 }, pace)).toBe(
    '1,000 rows · 250 kB · 41 % · 84,000 rows/s · 23 MB/s · 1 min left',
  );
  expect(progressWords({ ...played, state: 'running', percent: 0 }, null)).toBe('1,000 rows · 250 kB · 0 %');
  expect(progressWords(played, null)).toBe('1,000 rows · 250 kB');
  expect(progressWords({ ...played, state: 'running', format: 'db', bytes: 0 }, pace)).toBe('The day is copied.');
  expect(progressWords({ ...played, format: 'db' }, null)).toBe('250 kB');
  expect(progressWords({ ...played, state: 'waiting' }, null)).toContain('In line');
});

test('how long it stays, in the zone', () => {
  const now = (played.expires_at ?? 0) - 60_000_000;

  expect(expiryWords(played, now, 'UTC')).toBe('Kept until 14:00, longer if it is read before.');
  expect(expiryWords(played, now - 86_400_000_000, 'UTC')).toContain('2026-11-21 14:00');
  expect(expiryWords(played, now + 120_000_000, 'UTC')).toContain('about to be deleted');
  expect(expiryWords({ ...played, expires_at: null }, now, 'UTC')).toBeNull();
});

test('how far a download is, and what was kept', () => {
  const state = { phase: 'broken', bytes: 100_000, error: null } as const;

  expect(downloadWords(state, played)).toBe(
    'The connection was lost at 100 kB of 250 kB. What is there is kept: go on with Resume.',
  );
  expect(downloadWords({ ...state, phase: 'running' }, { ...played, state: 'running' })).toBe('Saving: 100 kB');
});

test('a summary names what is made and what failed', () => {
  expect(summaryWords(['done'])).toBe('1 export');
  expect(summaryWords(['waiting', 'running', 'failed'])).toBe('3 exports, 2 in the making, 1 failed');
});
