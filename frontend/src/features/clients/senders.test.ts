import { expect, test } from 'vitest';

import type { UnknownSender } from '@/types/shapes';

import {
  betterEngines,
  deviceOf,
  guessWords,
  matchingSenders,
  otherRates,
  percent,
  suggestedName,
  waitingOf,
  type Waiting,
} from './senders';

function sender(more: Partial<UnknownSender> = {}): UnknownSender {
  return {
    address: '192.0.2.7',
    refused: 3,
    first_seen: 1,
    last_seen: 1,
    samples: ['<14>x'],
    hit_rates: {},
    guessed_class: null,
    ...more,
  };
}

const at = (engine: string, more: Partial<UnknownSender> = {}): Waiting => ({
  id: `${engine}/${more.address ?? '192.0.2.7'}`,
  engine,
  sender: sender(more),
});

test('the busiest is first, and equals keep their places', () => {
  const found = [
    { engine: 'main', senders: [sender({ address: '192.0.2.9' }), sender({ address: '192.0.2.8' })] },
    { engine: 'edge', senders: [sender({ refused: 9 })] },
  ];

  expect(waitingOf(found).map((each) => each.id)).toEqual(['edge/192.0.2.7', 'main/192.0.2.8', 'main/192.0.2.9']);
});

test('the filter looks into every line, too', () => {
  const senders = [at('main', { samples: ['<14>x', '<14>y', '<14>Login failed'] }), at('edge')];

  expect(matchingSenders(senders, 'login main')).toHaveLength(1);
});

test.each([
  [{ hit_rates: { a: 0.2, b: 0.8, c: 0 }, guessed_class: 'b' }, 'Looks like b: 80 % of its fields found.', 'a 20 %'],
  [{ hit_rates: { a: 0, b: 0 } }, 'None of the 2 classes finds anything in its line.', ''],
  [{ hit_rates: { a: 0 } }, 'The class a finds nothing in its line.', ''],
  [{ hit_rates: { a: null } }, 'The classes took too long to be tried on its line.', ''],
  [{}, 'No class has been tried on its line.', ''],
  [{ samples: ['a', 'b'] }, 'No class has been tried on its lines.', ''],
  [{ samples: ['a', 'b'], hit_rates: { a: 0, b: 0 } }, 'None of the 2 classes finds anything in its lines.', ''],
  [{ samples: [] }, 'What it sends is empty.', ''],
])('%j is told as: %s', (more, words, others) => {
  expect(guessWords(sender(more))).toBe(words);
  expect(otherRates(sender(more))).toBe(others);
});

test('a little is not nothing, and nearly all is not all', () => {
  expect([0, 0.001, 0.5, 0.999, 1].map(percent)).toEqual(['0 %', 'under 1 %', '50 %', 'over 99 %', '100 %']);
});

test('an engine is offered only where its class fits better', () => {
  const engines = [
    { engine: 'main', logClass: 'mikrotik', port: 5140 },
    { engine: 'web', logClass: 'nginx', port: 5141 },
    { engine: 'web2', logClass: 'nginx', port: 5143 },
    { engine: 'ssh', logClass: 'sshd', port: 5142 },
  ];
  const waiting = at('main', { hit_rates: { mikrotik: 0.2, nginx: 0.9, sshd: 0.2 }, guessed_class: 'nginx' });

  expect(betterEngines(waiting, engines).map((each) => each.engine)).toEqual(['web', 'web2']);
  expect(betterEngines(at('main', { hit_rates: { mikrotik: 1, nginx: 0.9 } }), engines)).toEqual([]);
});

test.each([
  ['<134>1 2026-11-21T13:07:02.123Z fw-1 kernel - - - denied', 'fw-1'],
  ['<134>Nov 21 13:07:02 core.example.net sshd[1]: denied', 'core.example.net'],
  ['<134> Nov  1 13:07:02 rtr-01 firewall,info: x', 'rtr-01'],
  ['<189>Nov 21 13:07:02.123 sw1: %LINK-3-UPDOWN: x', 'sw1'],
  ['<134> 01:02:05 zGjeCL423 prerouting: in:<pppoe-x>', 'zGjeCL423'],
  ['<134>1 2026-11-21T13:07:02.123Z - kernel - - - denied', '192.0.2.7'],
  ['<134>Nov 21 13:07:02 10.0.0.1 sshd: x', '192.0.2.7'],
  ['no header at all', '192.0.2.7'],
  ['<134>Nov 21 13:07:02 \u202eevil sshd: x', '192.0.2.7'],
])('%s is called %s', (sample, name) => {
  expect(suggestedName({ address: '192.0.2.7', samples: [sample] }, [])).toBe(name);
});

test('the first line with a name gives it', () => {
  const samples = ['no header', '<134>Nov 21 13:07:02 10.0.0.1 sshd: x', '<134>Nov 21 13:07:02 rtr sshd: x'];

  expect(suggestedName({ address: '192.0.2.7', samples }, [])).toBe('rtr');
  expect(suggestedName({ address: '192.0.2.7', samples: [] }, [])).toBe('192.0.2.7');
});

test('a name that is taken is not suggested again', () => {
  const samples = ['<134>Nov 21 13:07:02 rtr sshd: x'];

  expect(suggestedName({ address: '192.0.2.7', samples }, ['rtr'])).toBe('rtr 192.0.2.7');
  expect(suggestedName({ address: '192.0.2.7', samples }, ['rtr', 'rtr 192.0.2.7'])).toBe('rtr 2');
  expect(suggestedName({ address: '192.0.2.7', samples: [''] }, ['192.0.2.7'])).toBe('192.0.2.7 2');
});

test.each([
  [['<189>123: sw1: Nov 21 13:07:02.123: %LINK-3-UPDOWN: Interface up'], 'cisco'],
  [['<189>: %SEC_LOGIN-SP-5-LOGIN_SUCCESS: x'], 'cisco'],
  [['<38>Nov 21 13:07:02 web-2 sshd[811]: Failed password'], 'rsyslog'],
  [['<134> 01:02:05 rtr prerouting: in:<pppoe-x>'], 'routeros'],
  [['-- MARK --', '<189>: %SEC_LOGIN-SP-5-LOGIN_SUCCESS: x', 'sshd[811]: x'], 'cisco'],
  [[], 'routeros'],
])('%j comes from %s', (samples, kind) => {
  expect(deviceOf({ samples })).toBe(kind);
});
