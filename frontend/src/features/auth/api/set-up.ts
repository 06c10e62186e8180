import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { signedIn } from '@/lib/session';
import type { Me, SetupBody } from '@/types/shapes';

import { doorQuery } from './get-door';

/** Makes the first admin, who is signed in by that. */
export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetupBody) => ask<Me>('POST', '/auth/setup', { body, open: true }),
    onSuccess: (me) => {
      // Who signs out comes to the sign-in at once, and not by way of a door that is shut now.
      client.setQueryData(doorQuery.queryKey, { open: false });
      signedIn(client, me);
    },
  });
}
