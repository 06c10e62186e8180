import { expect, test } from 'vitest';

import { rowsOf } from './rows';

test('rows of a page', () => {
  const told = {
    id: 'mikrotik.main.2026-11-20.7',
    received_at: 5,
    time: '2026-11-20T00:00:00+06:00',
    class: 'mikrotik',
    engine: 'main',
    day: '2026-11-20',
    severity: 3,
    pppoe: null,
    odd: true,
  };

  expect(rowsOf([told])).toEqual([
    {
      id: 'mikrotik.main.2026-11-20.7',
      receivedAt: 5,
      values: { class: 'mikrotik', engine: 'main', day: '2026-11-20', severity: 3, pppoe: null, odd: 'true' },
    },
  ]);
});

test('rows of a message of a tail, which come by columns', () => {
  const rows = rowsOf({
    rows: 2,
    class: 'mikrotik',
    engine: 'main',
    day: '2026-11-20',
    columns: { id: ['m.m.d.1', 'm.m.d.2'], received_at: [5, 6], severity: [3, null], original_log: ['a', 'b'] },
  });

  expect(rows).toHaveLength(2);
  expect(rows[1]).toEqual({
    id: 'm.m.d.2',
    receivedAt: 6,
    values: { class: 'mikrotik', engine: 'main', day: '2026-11-20', severity: null, original_log: 'b' },
  });
});

test('a message of counts alone has no rows', () => {
  expect(rowsOf({ rows: 0 })).toEqual([]);
});
