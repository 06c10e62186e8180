import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { signedIn } from '@/lib/session';
import type { Me, SetupBody } from '@/types/shapes';

/** Makes the first admin, who is signed in by that. */
export function useSetUp() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: SetupBody) => ask<Me>('POST', '/auth/setup', { body, open: true }),
    onSuccess: (me) => signedIn(client, me),
  });
}
