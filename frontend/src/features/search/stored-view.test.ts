import { expect, test } from 'vitest';

import { viewOf } from './stored-view';

test('what is kept and makes no sense is as at first', () => {
  const first = { density: 'dense', isWrapped: false, hasFields: true };

  expect(viewOf(null)).toEqual(first);
  expect(viewOf({ density: 7, isWrapped: 'x' })).toEqual(first);
  expect(viewOf({ density: 'comfortable', isWrapped: true, hasFields: false })).toEqual({
    density: 'comfortable',
    isWrapped: true,
    hasFields: false,
  });
});
