import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { IgnoredSenders } from '@/types/shapes';

import { withoutSenders } from '../settled';
import { ignoredKey } from './get-ignored';

export interface Ignored {
  engine: string;
  address: string;
  /** false: it is to be shown again. */
  ignore: boolean;
}

export function useIgnoreSender() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ engine, address, ignore }: Ignored) =>
      ask<IgnoredSenders>('POST', `/engines/${encodeURIComponent(engine)}/unknown-senders/ignore`, {
        body: { address, ignore },
      }),
    onSuccess: async (answer, { engine, address, ignore }) => {
      client.setQueryData<IgnoredSenders>(ignoredKey(engine), answer);
      if (ignore) await withoutSenders(client, engine, address);
      void client.invalidateQueries({ queryKey: ['unknown-senders', engine] });
    },
  });
}
