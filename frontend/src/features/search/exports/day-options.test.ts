import { expect, test } from 'vitest';

import type { StoredDay } from '@/types/shapes';

import { dayOptions } from './day-options';

const DAY: StoredDay = {
  id: 'mikrotik.main.2026-11-20',
  class: 'mikrotik',
  engine: 'main',
  day: '2026-11-20',
  state: 'sealed',
  rows: 52_010,
  bytes: 9_437_184,
  least: 1,
  greatest: 2,
  trouble: '',
};

test('days of the engines that are meant, the newest first, without damaged ones', () => {
  const days = [DAY, { ...DAY, day: '2026-11-21' }, { ...DAY, engine: 'core' }, { ...DAY, day: '2026-11-19', state: 'damaged' }];

  expect(dayOptions(days, ['main']).map(({ value }) => value)).toEqual(['mikrotik/main/2026-11-21', 'mikrotik/main/2026-11-20']);
  expect(dayOptions(days, ['mikrotik/core'])).toHaveLength(1);
  expect(dayOptions(days, [])[1]?.words).toBe('2026-11-20 mikrotik/core: 52,010 rows, 9.4 MB');
  expect(dayOptions([{ ...DAY, state: 'live' }], [])[0]?.words).toContain('still written');
});
