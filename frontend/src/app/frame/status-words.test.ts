import { expect, test } from 'vitest';

import type { Feed } from '@/lib/engine-feed';
import type { EngineSeen } from '@/types/shapes';

import { statusWords } from './status-words';

const glimpse = (state: string): EngineSeen => ({ engine: 'edge', state, clients: [], whole: false });
const feed: Feed = { engines: { edge: glimpse('running') }, history: [], trouble: null };

test('without a connection there are no figures', () => {
  expect(statusWords('lost', feed)).toEqual({ parts: [], connection: 'Not live; connecting again' });
});

test('an engine that does not run is said in words', () => {
  const words = statusWords('live', { ...feed, engines: { a: glimpse('running'), b: glimpse('failed') } });

  expect(words.parts[0]).toMatchObject({ words: '1 of 2 engines running', kind: 'warning' });
});

test('losses are not claimed to be 0 where no ledger is seen', () => {
  expect(statusWords('live', feed).parts.map((part) => part.name)).toEqual(['engines', 'rate']);
});
