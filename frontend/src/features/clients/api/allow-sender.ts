import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Client } from '@/types/shapes';

import { settled, withoutSenders } from '../settled';

export interface Allowed {
  engine: string;
  address: string;
  name: string;
}

/** Makes who sends to this engine a client of it. */
export function useAllowSender() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ engine, address, name }: Allowed) =>
      ask<Client[]>('POST', `/engines/${encodeURIComponent(engine)}/unknown-senders/allow`, { body: { address, name } }),
    onSuccess: async (_, { engine, address }) => {
      await withoutSenders(client, engine, address);
      settled(client, engine);
    },
  });
}
