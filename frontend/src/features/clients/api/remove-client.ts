import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Client } from '@/types/shapes';

import { settled } from '../settled';

export interface Removed {
  engine: string;
  name: string;
}

export function useRemoveClient() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ engine, name }: Removed) =>
      ask<Client[]>('DELETE', `/engines/${encodeURIComponent(engine)}/clients?${new URLSearchParams({ client: name })}`),
    onSuccess: (_, { engine }) => settled(client, engine),
  });
}
