import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Client, ClientAsked } from '@/types/shapes';

import { settled } from '../settled';

export interface Edited {
  engine: string;
  /** As it is called now; a name may hold a slash, so it is no part of the path. */
  name: string;
  client: ClientAsked;
}

export function useEditClient() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ engine, name, client: body }: Edited) =>
      ask<Client[]>('PUT', `/engines/${encodeURIComponent(engine)}/clients?${new URLSearchParams({ client: name })}`, {
        body,
      }),
    onSuccess: (_, { engine }) => settled(client, engine),
  });
}
