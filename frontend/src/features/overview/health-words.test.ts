import { expect, test } from 'vitest';

import type { Finding } from '@/types/shapes';

import { fixOf, healthLine } from './health-words';

const finding = (severity: Finding['severity']): Finding => ({ code: 'x', severity, engine: '', message: 'm', fix: 'f' });

test('findings are counted by how bad they are', () => {
  expect(healthLine({ worst: null, findings: [] })).toEqual({ kind: 'good', words: 'Nothing needs attention.' });
  expect(healthLine({ worst: 'error', findings: [finding('error'), finding('notice'), finding('notice')] })).toEqual({
    kind: 'error',
    words: '1 error, 2 notices',
  });
});

test('a command is apart from the words behind it', () => {
  expect(fixOf('start it')).toEqual({ command: null, rest: 'start it' });
  expect(fixOf('sysctl -w net.core.rmem_max=67108864 (for ever: write it down), then restart')).toEqual({
    command: 'sysctl -w net.core.rmem_max=67108864',
    rest: '(for ever: write it down), then restart',
  });
});
