import { expect, test } from 'vitest';

import type { EngineListed, EngineSeen } from '@/types/shapes';

import { enginesToAsk, factsOf } from './engine-facts';

function engine(name: string, refused: number | null): EngineSeen {
  const ledger = refused === null ? null : { refused };
  const settings = { addresses: [], clients: [] };
  return { engine: name, state: 'running', whole: true, class: 'a', port: 1, settings, ledger } as unknown as EngineSeen;
}

const glimpse: EngineListed = { engine: 'part', state: 'running', whole: false, clients: [] };

test('engines stand by name, and of a glimpse nothing is known', () => {
  expect(factsOf([engine('main', 3), glimpse, engine('edge', null)]).map((each) => [each.name, each.whole?.refused])).toEqual([
    ['edge', null],
    ['main', 3],
    ['part', undefined],
  ]);
});

test('only engines that have refused something are asked, as far as that is known', () => {
  const facts = factsOf([engine('main', 3), engine('quiet', 0), engine('stopped', null), glimpse]);

  expect(enginesToAsk(facts, null, true)).toEqual([{ name: 'main', refused: 3 }]);
  expect(enginesToAsk(facts, 'quiet', true)).toEqual([]);
  expect(enginesToAsk(facts, null, false).map((each) => each.name)).toEqual(['main', 'quiet', 'stopped']);
});
