import { expect, test } from 'vitest';

import { endsOf, movedBy } from './bars-mark';

test('arrows move the cursor, from an end where there is none yet', () => {
  expect(movedBy('ArrowRight', false, null, 5)).toEqual({ at: 0, anchor: null });
  expect(movedBy('ArrowLeft', false, null, 5)).toEqual({ at: 4, anchor: null });
  expect(movedBy('ArrowRight', false, { at: 4, anchor: 2 }, 5)).toEqual({ at: 4, anchor: null });
  expect(movedBy('Home', false, { at: 3, anchor: null }, 5)).toEqual({ at: 0, anchor: null });
  expect(movedBy('PageDown', false, { at: 30, anchor: null }, 50)).toEqual({ at: 20, anchor: null });
});

test('Shift selects from where the cursor was', () => {
  const first = movedBy('ArrowRight', true, { at: 1, anchor: null }, 5);
  expect(first).toEqual({ at: 2, anchor: 1 });
  expect(movedBy('End', true, first, 5)).toEqual({ at: 4, anchor: 1 });
});

test('other keys are not ours', () => {
  expect(movedBy('j', false, null, 5)).toBeNull();
});

test('what is selected has a first and a last step, in whichever direction', () => {
  expect(endsOf({ at: 1, anchor: 3 }, 5)).toEqual([1, 3]);
  expect(endsOf({ at: 3, anchor: null }, 5)).toEqual([3, 3]);
  expect(endsOf({ at: 9, anchor: 12 }, 5)).toEqual([4, 4]);
});
