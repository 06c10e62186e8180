/** Who is signed in: asked once, changed by signing in and out. */
import { queryOptions, type QueryClient } from '@tanstack/react-query';

import type { Me } from '@/types/shapes';

import { ask, keepCsrf } from './api-client';
import { ApiError } from './api-error';

export const SESSION_KEY = ['auth', 'me'] as const;

/** null: nobody. */
export const sessionQuery = queryOptions({
  queryKey: SESSION_KEY,
  queryFn: async ({ signal }): Promise<Me | null> => {
    try {
      const me = await ask<Me>('GET', '/auth/me', { signal, open: true });
      keepCsrf(me.csrf);
      return me;
    } catch (error) {
      if (error instanceof ApiError && error.status === 401) return null;
      throw error;
    }
  },
  staleTime: Infinity,
});

export function signedIn(client: QueryClient, me: Me): void {
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'auth' });
  keepCsrf(me.csrf);
  client.setQueryData(SESSION_KEY, me);
}

/** Nothing of the former session stays in memory. */
export function signedOut(client: QueryClient): void {
  keepCsrf(null);
  client.setQueryData(SESSION_KEY, null);
  client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'auth' });
}

export async function logOut(): Promise<void> {
  await ask<undefined>('POST', '/auth/logout', { open: true });
}
