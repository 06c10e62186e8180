import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Client, ClientAsked } from '@/types/shapes';

import { settled, withoutSenders } from '../settled';

export interface Added {
  engine: string;
  client: ClientAsked;
}

export function useAddClient() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ engine, client: body }: Added) =>
      ask<Client[]>('POST', `/engines/${encodeURIComponent(engine)}/clients`, { body }),
    onSuccess: async (_, { engine, client: { address } }) => {
      await withoutSenders(client, engine, address);
      settled(client, engine);
    },
  });
}
