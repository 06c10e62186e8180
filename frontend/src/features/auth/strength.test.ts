import { expect, test } from 'vitest';

import { strengthOf } from './strength';

test.each([
  ['short', 0],
  ['aaaaaaaaaaaa', 0],
  ['Annannanna1', 0],
  ['abcdefghij', 1],
  ['correct horse battery', 3],
])('%s has level %d', (password, level) => {
  expect(strengthOf(password, 'annannanna1').level).toBe(level);
});
