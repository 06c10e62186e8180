import { expect, test } from 'vitest';

import { endOf, indexAt, isClockChanged, scaleOf, spanWords, stackPaths, ticksOf, totalsOf } from './bars-plan';

const VIENNA = 'Europe/Vienna';

function us(text: string): number {
  return Date.parse(text) * 1_000;
}

function every(seconds: number, from: string, count: number): number[] {
  return Array.from({ length: count }, (_, index) => us(from) + index * seconds * 1_000_000);
}

test('totals are of all series, and empty steps are steps', () => {
  const series = [
    { name: 'a', colour: '#000', values: [1, 0, 3] },
    { name: 'b', colour: '#000', values: [2, 0] },
  ];

  expect(totalsOf(series, 3)).toEqual([3, 0, 3]);
});

test.each([
  [0, 1],
  [1, 1],
  [7, 8],
  [20, 20],
  [21, 30],
  [51, 60],
  [81, 100],
  [1_284_003, 2_000_000],
])('the scale of %d ends at %d', (most, end) => {
  expect(scaleOf(most)).toBe(end);
});

test('a single row among a million is still drawn, and nothing where there is none', () => {
  const room = { width: 100, height: 100, count: 2, most: 1_000_000 };
  const [few, many] = stackPaths(
    [
      { name: 'err', colour: '#000', values: [1, 0] },
      { name: 'info', colour: '#000', values: [1_000_000, 0] },
    ],
    room,
  );

  expect(few).toBe('M0 100v-1.5h49v1.5z');
  expect(many).toMatch(/^M0 98\.5v-94h49v94z$/);
});

test('a place within the chart is a step; what is beside it is the nearest one', () => {
  const room = { width: 100, count: 4 };

  expect([-5, 0, 26, 99, 300].map((x) => indexAt(x, room))).toEqual([0, 0, 1, 3, 3]);
});

test('ticks stand at full units of the zone, and at midnight with the date', () => {
  // 15 minutes each, in a zone of half hours
  const ticks = ticksOf(every(900, '2026-11-20T15:00:00Z', 96), 'Asia/Kolkata', 960);

  expect(ticks.map(({ words }) => words)).toEqual(['21:00', '2026-11-21', '03:00', '06:00', '09:00', '12:00', '15:00', '18:00']);
});

test('an hour that comes twice has no two ticks side by side', () => {
  const ticks = ticksOf(every(3_600, '2026-10-24T22:00:00Z', 25), VIENNA, 2_500);

  expect(ticks.slice(0, 4).map(({ words }) => words)).toEqual(['2026-10-25', '01:00', '02:00', '02:00']);
  expect(ticksOf(every(3_600, '2026-10-24T22:00:00Z', 25), VIENNA, 1_200).map(({ words }) => words)).not.toContain('03:00');
});

test('days and seconds have ticks, too; one step has its own', () => {
  expect(ticksOf(every(86_400, '2026-11-01T00:00:00Z', 30), 'UTC', 600).map(({ words }) => words)[0]).toBe('2026-11-01');
  expect(ticksOf(every(1, '2026-11-01T00:00:01Z', 60), 'UTC', 600).map(({ words }) => words)[0]).toBe('00:00:10');
  expect(ticksOf([us('2026-11-01T10:00:00Z')], 'UTC', 600)).toEqual([{ index: 0, words: '10:00' }]);
  expect(ticksOf([], 'UTC', 600)).toEqual([]);
});

test.each([
  ['2026-11-21T14:00:00Z', '2026-11-21T14:15:00Z', 'UTC', '2026-11-21 14:00 to 14:15'],
  ['2026-11-21T14:00:05Z', '2026-11-21T14:00:10Z', 'UTC', '2026-11-21 14:00:05 to 14:00:10'],
  ['2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z', 'UTC', '2026-11-21'],
  ['2026-11-16T00:00:00Z', '2026-11-23T00:00:00Z', 'UTC', '2026-11-16 to 2026-11-22'],
  ['2026-11-21T23:00:00Z', '2026-11-22T01:00:00Z', 'UTC', '2026-11-21 23:00 to 2026-11-22 01:00'],
  // this day has 25 hours
  ['2026-10-24T22:00:00Z', '2026-10-25T23:00:00Z', VIENNA, '2026-10-25'],
])('%s to %s in %s', (from, until, zone, words) => {
  expect(spanWords(us(from), us(until), zone)).toBe(words);
});

test('where the clock changes, the offset tells one hour from the other', () => {
  const steps = every(3_600, '2026-10-24T22:00:00Z', 25);

  expect(isClockChanged(steps, VIENNA)).toBe(true);
  expect(isClockChanged(steps, 'UTC')).toBe(false);
  expect(spanWords(steps[2] ?? 0, steps[3] ?? 0, VIENNA, true)).toBe('2026-10-25 02:00 (UTC+2) to 02:00');
  expect(spanWords(steps[3] ?? 0, steps[4] ?? 0, VIENNA, true)).toBe('2026-10-25 02:00 (UTC+1) to 03:00');
});

test('a step ends where the next begins; the last one where it is said, else it is as long as the one before', () => {
  expect([0, 1, 2].map((index) => endOf([10, 20, 40], index))).toEqual([20, 40, 60]);
  expect(endOf([10, 20, 40], 2, 45)).toBe(45);
});
