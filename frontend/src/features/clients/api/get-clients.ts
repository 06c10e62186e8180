import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Client } from '@/types/shapes';

export interface ClientsOf {
  engine: string;
  clients: Client[];
}

/** Who may send to an engine, with figures. The live connection tells the same; this is for when there is none. */
export const clientsQuery = (engine: string) =>
  queryOptions({
    queryKey: ['clients', engine],
    queryFn: async ({ signal }): Promise<ClientsOf> => ({
      engine,
      clients: await ask<Client[]>('GET', `/engines/${encodeURIComponent(engine)}/clients`, { signal }),
    }),
    refetchInterval: 10_000,
  });
