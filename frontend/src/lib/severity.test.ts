import { expect, test } from 'vitest';

import { palettes } from '@/config/tokens';

import { isError, SEVERITIES, severityName, severityOf } from './severity';

test('every number has its name', () => {
  expect(SEVERITIES.map(({ code }) => severityName(code)).join(' ')).toBe('emerg alert crit err warning notice info debug');
  expect(severityName(null)).toBe('none');
  expect(severityName(9)).toBe('9');
});

test('errors are err and worse', () => {
  expect(SEVERITIES.filter(({ code }) => isError(code)).map(({ name }) => name)).toEqual(['emerg', 'alert', 'crit', 'err']);
  expect(isError(null)).toBe(false);
});

test('only whole numbers are severities', () => {
  expect([0, 7, null, 'err', 1.5, -1, undefined].map(severityOf)).toEqual([0, 7, null, null, null, null, null]);
});

test.each(['light', 'dark'] as const)('in %s every severity can be read as text', (mode) => {
  const { severity, surface, page, mark, onMark } = palettes[mode];
  for (const colour of severity) {
    expect(contrast(colour, surface)).toBeGreaterThan(4.5);
    expect(contrast(colour, page)).toBeGreaterThan(4.5);
  }
  expect(contrast(onMark, mark)).toBeGreaterThan(7);
});

function contrast(one: string, other: string): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

function luminance(hex: string): number {
  const [red, green, blue] = [1, 3, 5].map((from) => {
    const value = Number.parseInt(hex.slice(from, from + 2), 16) / 255;
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}
