import { expect, test, vi } from 'vitest';

import type { FacetsFound } from '@/types/shapes';

import { FacetBatches } from './facet-batch';

const SEARCHED = { partitions: 1, searched: 1, damaged: {}, unknown_fields: [] };

function played() {
  const signals: AbortSignal[] = [];
  const ask = vi.fn((_: string, fields: readonly string[], __: number, signal: AbortSignal): Promise<FacetsFound> => {
    signals.push(signal);
    const facets = fields.map((field) => ({ field, values: [['x', 1] as [string, number]], distinct: 1, approximate: false }));
    return Promise.resolve({ facets, rows: 1, searched: SEARCHED });
  });
  return { ask, signals, batches: new FacetBatches(ask) };
}

test('what is wanted at once is asked at once, and each gets its own', async () => {
  const { ask, batches } = played();
  const { signal } = new AbortController();

  const seen = await Promise.all(['severity', 'client'].map((field) => batches.one('q=a', field, 10, signal)));

  expect(ask).toHaveBeenCalledOnce();
  expect(ask.mock.calls[0]?.slice(0, 3)).toEqual(['q=a', ['severity', 'client'], 10]);
  expect(seen.map(({ facet }) => facet.field)).toEqual(['severity', 'client']);
});

test('another question, another number of values and a later moment are asked apart', async () => {
  const { ask, batches } = played();
  const { signal } = new AbortController();

  await Promise.all([
    batches.one('q=a', 'client', 10, signal),
    batches.one('q=b', 'client', 10, signal),
    batches.one('q=a', 'client', 50, signal),
  ]);
  await batches.one('q=a', 'client', 10, signal);

  expect(ask).toHaveBeenCalledTimes(4);
});

test('no more fields at once than the API takes', async () => {
  const { ask, batches } = played();
  const { signal } = new AbortController();

  await Promise.all(Array.from({ length: 60 }, (_, place) => batches.one('', `f${place}`, 10, signal)));

  expect(ask.mock.calls.map((call) => call[1].length)).toEqual([50, 10]);
});

test('it is given up when nobody wants any of it', async () => {
  const { signals, batches } = played();
  const [one, other] = [new AbortController(), new AbortController()];
  await Promise.all([batches.one('', 'a', 10, one.signal), batches.one('', 'b', 10, other.signal)]);

  one.abort();
  expect(signals[0]?.aborted).toBe(false);
  other.abort();
  expect(signals[0]?.aborted).toBe(true);
});
