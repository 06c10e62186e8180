import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { ApiError } from '@/lib/api-error';

import { EXPORTS_KEY } from './get-exports';

/** Gives an export up, or deletes one that is done; one that is gone already is no fault. */
export function useDeleteExport() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (id: string): Promise<void> => {
      try {
        await ask<undefined>('DELETE', `/exports/${id}`);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
    onSettled: () => client.invalidateQueries({ queryKey: EXPORTS_KEY, exact: true }),
  });
}
