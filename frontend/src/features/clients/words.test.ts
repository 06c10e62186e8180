import { expect, test } from 'vitest';

import type { ClientLine } from './clients';
import { addedWords, removalWords, tallyWords } from './words';

const line = { name: 'branch', range: '10.20.0.0/16', engine: 'main' } as ClientLine;

test('the tally leaves out what there is none of', () => {
  expect(tallyWords({ sending: 9, silent: 1, nothing: 2, unknown: 0 })).toBe(
    '12 clients: 9 send, 1 is silent for ten minutes, 2 have sent nothing yet',
  );
  expect(tallyWords({ sending: 1, silent: 0, nothing: 0, unknown: 0 })).toBe('1 client: 1 sends');
  expect(tallyWords({ sending: 0, silent: 0, nothing: 0, unknown: 0 })).toBe('No clients');
});

test('removing says who takes over the addresses', () => {
  expect(removalWords(line, [{ name: 'private', address: '10.0.0.0/8' }, { name: 'all', address: '0.0.0.0/0' }])).toBe(
    'What 10.20.0.0/16 sends to main then belongs to private (10.0.0.0/8), in which it lies.',
  );
  expect(removalWords(line, [{ name: 'one', address: '10.20.0.1' }])).toContain('is refused from now on');
});

test('a range is said in its usual form', () => {
  expect(addedWords('main', { name: 'core', address: '10.1.0.1/32' })).toBe('core (10.1.0.1) may send to main from now on.');
});
