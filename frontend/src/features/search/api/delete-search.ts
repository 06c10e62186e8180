import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';

import { SEARCHES_KEY } from './get-searches';

export function useDeleteSearch() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (id: number) => ask<undefined>('DELETE', `/searches/${id}`),
    onSuccess: () => client.invalidateQueries({ queryKey: SEARCHES_KEY }),
  });
}
