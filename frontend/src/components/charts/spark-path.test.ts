import { expect, test } from 'vitest';

import { areaOf, colourOf } from './colour';
import { sparkPath } from './spark-path';

test('a line begins at 0 and is broken where nothing is known', () => {
  expect(sparkPath([0, 10, null, 5], 30, 12)).toBe('M0 11L10 1M30 6');
});

test('nothing and zeros are drawn, too', () => {
  expect(sparkPath([], 30, 12)).toBe('');
  expect(sparkPath([0, 0], 30, 12)).toBe('M0 11L30 11');
});

test('a word of the ledger has its colour in each theme; other colours are taken as they are', () => {
  expect(colourOf('stored', 'light')).not.toBe(colourOf('stored', 'dark'));
  expect(colourOf('#123456', 'dark')).toBe('#123456');
  expect(areaOf('#123456', 0.5)).toBe('#12345680');
  expect(areaOf('rebeccapurple', 0.5)).toBe('transparent');
});
