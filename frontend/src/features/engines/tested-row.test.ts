import { expect, test } from 'vitest';

import { cellsOf, idOf } from './tested-row';

test('a row is shown with its time first, and what was not found as nothing', () => {
  const row = { id: 'c.edge.2026-11-21.1', received_at: 7, time_zone: '+0600', user: null, severity: 6, original_log: 'x' };
  expect(cellsOf(row, (us) => `at ${us}`)).toEqual([
    { name: 'time', text: 'at 7' },
    { name: 'id', text: 'c.edge.2026-11-21.1' },
    { name: 'user', text: null },
    { name: 'severity', text: '6' },
    { name: 'original_log', text: 'x' },
  ]);
  expect(idOf(row)).toBe('c.edge.2026-11-21.1');
  expect(idOf({})).toBeNull();
});
