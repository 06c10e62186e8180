import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { signedIn } from '@/lib/session';
import type { LoginBody, Me } from '@/types/shapes';

export function useLogIn() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: LoginBody) => ask<Me>('POST', '/auth/login', { body, open: true }),
    onSuccess: (me) => signedIn(client, me),
  });
}
