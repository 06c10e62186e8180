import { expect, test } from 'vitest';

import type { Host } from '@/types/shapes';

import { hostWords } from './host-words';

test('the machine is one sentence', () => {
  const host = {
    name: 'logs-1',
    usable_cores: 4,
    load: [0.52, 0.4, 0.3],
    memory: { total_bytes: 100, available_bytes: 59, ours_bytes: 10 },
    disks: [{ mount: '/', file_system: 'ext4', is_data: false }, { mount: '/data', file_system: 'xfs', is_data: true }],
  } as unknown as Host;

  expect(hostWords(host)).toBe('logs-1: data on /data (xfs), load 0.5 on 4 cores, 41 % of the memory used.');
});
