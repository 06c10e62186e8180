import { expect, test } from 'vitest';

import { Rates } from './rates';

test('rates are of the last five seconds', () => {
  const rates = new Rates();
  for (let at = 0; at <= 20_000; at += 500) rates.add(at, 50, 450);

  expect(rates.at(20_000)).toEqual({ shown: 100, matching: 1_000 });
  expect(rates.at(22_500).shown).toBe(50);
  expect(rates.at(30_000)).toEqual({ shown: 0, matching: 0 });
});

test('in the first second nothing is blown up', () => {
  const rates = new Rates();
  rates.add(0, 10, 0);

  expect(rates.at(10).shown).toBe(10);
});

test('before anything came the rate is nothing', () => {
  expect(new Rates().at(5)).toEqual({ shown: 0, matching: 0 });
});
