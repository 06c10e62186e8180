import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { createContext, use } from 'react';

import { logOut, sessionQuery, signedOut } from '@/lib/session';
import type { Me } from '@/types/shapes';

export const SessionContext = createContext<Me | null>(null);

/** Who is signed in. Only below the gate that lets nobody else through. */
export function useMe(): Me {
  const me = use(SessionContext);
  if (me === null) throw new Error('useMe is used where nobody is signed in');
  return me;
}

export function useSession() {
  return useQuery(sessionQuery);
}

export function useSignOut() {
  const client = useQueryClient();
  return useMutation({ mutationFn: logOut, onSuccess: () => signedOut(client) });
}
