import { expect, test } from 'vitest';

import { countable } from './field-kinds';

test('what every row has comes first, what is unique in each is left out', () => {
  expect(countable(['user', 'time', 'original_log', 'client', 'pppoe', 'severity', 'client'])).toEqual([
    'severity',
    'client',
    'pppoe',
    'user',
  ]);
});
