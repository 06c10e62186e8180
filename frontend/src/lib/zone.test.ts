import { expect, test } from 'vitest';

import { clockWords, dayWords, isKnownZone, minuteWords, momentWords, offsetWords } from './zone';

const MOMENT = Date.UTC(2026, 10, 21, 18, 5, 9);

test('a moment is shown on the clock of the zone', () => {
  expect(clockWords(MOMENT, 'Asia/Dhaka')).toBe('00:05:09');
  expect(minuteWords(MOMENT, 'Asia/Kolkata')).toBe('23:35');
  expect(dayWords(MOMENT, 'Asia/Dhaka')).toBe('2026-11-22');
  expect(momentWords(MOMENT, 'UTC')).toBe('2026-11-21 18:05:09');
});

test('the difference to UTC is of the moment', () => {
  expect(offsetWords(MOMENT, 'Asia/Kolkata')).toBe('UTC+5:30');
  expect(offsetWords(MOMENT, 'America/New_York')).toBe('UTC−5');
  expect(offsetWords(Date.UTC(2026, 6, 1), 'Europe/Vienna')).toBe('UTC+2');
});

test('a zone that is not known here is UTC', () => {
  expect(isKnownZone('Mars/Olympus')).toBe(false);
  expect(clockWords(MOMENT, 'Mars/Olympus')).toBe('18:05:09');
  expect(offsetWords(MOMENT, 'Mars/Olympus')).toBe('UTC');
});
