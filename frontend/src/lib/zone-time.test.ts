import { expect, test } from 'vitest';

import { clockOf } from './zone-time';

const us = (iso: string) => Date.parse(iso) * 1_000;

test.each([
  ['UTC', '2026-11-20T17:31:44.201Z', '2026-11-20 17:31:44.201', '+00:00'],
  ['Asia/Dhaka', '2026-11-20T17:31:44.201Z', '2026-11-20 23:31:44.201', '+06:00'],
  ['Asia/Kolkata', '2026-11-20T18:45:00.000Z', '2026-11-21 00:15:00.000', '+05:30'],
  ['America/St_Johns', '2026-01-01T00:00:00.999Z', '2025-12-31 20:30:00.999', '-03:30'],
  ['Europe/Berlin', '2026-03-29T00:59:59.999Z', '2026-03-29 01:59:59.999', '+01:00'],
  ['Europe/Berlin', '2026-03-29T01:00:00.000Z', '2026-03-29 03:00:00.000', '+02:00'],
  ['Europe/Berlin', '2026-10-25T00:59:59.000Z', '2026-10-25 02:59:59.000', '+02:00'],
  ['Europe/Berlin', '2026-10-25T01:00:00.000Z', '2026-10-25 02:00:00.000', '+01:00'],
  ['Asia/Dhaka', '1970-01-01T00:00:00.000Z', '1970-01-01 06:00:00.000', '+06:00'],
])('in %s %s is %s', (zone, iso, shown, offset) => {
  const clock = clockOf(zone);
  expect(clock.at(us(iso))).toBe(shown);
  expect(clock.offset(us(iso))).toBe(offset);
});

test('microseconds are cut, not rounded', () => {
  expect(clockOf('UTC').at(us('2026-11-20T17:31:44.201Z') + 999)).toBe('2026-11-20 17:31:44.201');
});

test('a zone that this browser does not know is UTC, and says so', () => {
  const clock = clockOf('Mars/Olympus');
  expect(clock.zone).toBe('UTC');
  expect(clock.at(0)).toBe('1970-01-01 00:00:00.000');
});

test('what is no moment is nothing', () => {
  expect(clockOf('UTC').at(Number.NaN)).toBe('');
});
