import { expect, test } from 'vitest';

import type { EngineEvent } from '@/types/shapes';

import { ignoredOf } from './ignored';

function event(address: string, words: string, kind = 'sender_ignored'): EngineEvent {
  return { id: 1, engine: 'main', event: kind, at: 1, message: `${address} ${words}, by anna`, address };
}

test('of each address the newest word counts', () => {
  const newestFirst = [
    event('192.0.2.1', 'is shown again'),
    event('192.0.2.2', 'is not shown among the unknown senders any more'),
    event('192.0.2.1', 'is not shown among the unknown senders any more'),
    event('192.0.2.2', 'is shown again'),
    event('192.0.2.3', 'may send to engine main as x', 'sender_allowed'),
  ];

  expect(ignoredOf(newestFirst)).toEqual(['192.0.2.2']);
});

test('an event without an address is passed over', () => {
  expect(ignoredOf([{ id: 1, engine: 'main', event: 'sender_ignored', at: 1, message: 'x' }])).toEqual([]);
});
