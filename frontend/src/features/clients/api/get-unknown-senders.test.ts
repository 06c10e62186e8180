import { QueryClient } from '@tanstack/react-query';
import { expect, test } from 'vitest';

import { answers } from '@/testing/server';

import { unknownSendersQuery } from './get-unknown-senders';

test('a count is asked about twice before it is taken for settled', async () => {
  answers('get', '/engines/edge/unknown-senders', []);
  const client = new QueryClient();
  const settled = [];
  for (const refused of [5, 5, 5, 6, 6, null, null]) {
    const { isSettled } = await client.query({ ...unknownSendersQuery('edge', refused, 5_000), staleTime: 0 });
    settled.push(isSettled);
  }

  expect(settled).toEqual([false, true, true, false, true, false, false]);
});
