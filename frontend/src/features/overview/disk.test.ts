import { expect, test } from 'vitest';

import type { Forecast } from '@/types/shapes';

import { aheadOf, biggest, diskOf, guessWords } from './disk';

const sender = (client: string, address: string, file_bytes: number) => ({ client, sender: address, rows: 1, bytes: 1, file_bytes });
const engine = (senders: ReturnType<typeof sender>[]) => ({
  class: 'word',
  engine: 'edge',
  stored_bytes: 300,
  bytes_a_day: 50,
  measured_days: 2,
  is_guess: false,
  senders,
  troubles: [],
});
const forecast: Forecast = { today: '2026-11-21', total_bytes: 1_000, free_bytes: 400, engines: [engine([]), engine([])] };

test('what is used has our part in it, never more than there is', () => {
  expect(diskOf(forecast)).toEqual({ totalBytes: 1_000, usedBytes: 600, oursBytes: 600, percent: 60 });
  expect(diskOf({ ...forecast, total_bytes: null, free_bytes: null })).toBeNull();
});

test('what comes first is said, and how near it is', () => {
  expect(aheadOf(forecast)).toEqual({ kind: 'good', words: 'Not full within ten years at this pace.' });
  const coming = { stops_in_days: 6, stops_on: '2026-11-27', full_in_days: 9, full_on: '2026-11-30' };
  expect(aheadOf({ ...forecast, ...coming })).toEqual({
    kind: 'bad',
    words: 'Storing stops in 6 days, on 2026-11-27, at the pace of the last days.',
  });
  expect(aheadOf({ ...forecast, full_in_days: 63, full_on: '2027-01-23' }).words).toContain('Full in 63 days');
});

test('the biggest senders are of all engines, without those that have no name', () => {
  const engines = [
    engine([sender('fw', '10.0.0.1', 1_000), sender('', '', 9_000)]),
    engine([sender('fw', '10.0.0.1', 2_000), sender('10.9.0.0/16', '10.9.0.4', 4_100_000_000)]),
  ];

  expect(biggest({ ...forecast, engines }, 2)).toEqual([
    { name: '10.9.0.4', words: '4.1 GB a day' },
    { name: 'fw (10.0.0.1)', words: '3 kB a day' },
  ]);
});

test('a guess is called one', () => {
  expect(guessWords(forecast)).toBeNull();
  expect(guessWords({ ...forecast, engines: [{ ...engine([]), is_guess: true }] })).toContain('guess');
});
