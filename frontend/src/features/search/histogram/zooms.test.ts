import { expect, test } from 'vitest';

import { lookOf } from './stored-look';
import { isZoomed, within, withZoom } from './zooms';

test('only a range that was zoomed to has a way back', () => {
  const zooms = withZoom([], 10_000_000, 20_000_000);

  expect(isZoomed(zooms, { since: '10000000', until: '20000000' })).toBe(true);
  expect(isZoomed(zooms, { since: '-24h', until: null })).toBe(false);
});

test('a selection does not reach beyond what was asked for', () => {
  expect(within(10, 40, { since: 15, until: 30 })).toEqual([15, 30]);
  expect(within(10, 40, { since: null })).toEqual([10, 40]);
});

test('what was kept is taken where it can be read', () => {
  expect(lookOf({ by: 'client', isShown: false })).toEqual({ by: 'client', isShown: false });
  expect(lookOf({ by: 'no field!' })).toEqual({ by: 'severity', isShown: true });
  expect(lookOf('old')).toEqual({ by: 'severity', isShown: true });
});
