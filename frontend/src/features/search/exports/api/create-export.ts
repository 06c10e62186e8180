import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Export } from '@/types/shapes';

import type { requestOf } from '../request';
import { EXPORTS_KEY } from './get-exports';

/** Has an export made; it stands in the list at once. */
export function useCreateExport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: ReturnType<typeof requestOf>) => ask<Export>('POST', '/exports', { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: EXPORTS_KEY, exact: true }),
  });
}
