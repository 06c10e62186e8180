import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';

import { HISTORY_KEY } from './get-history';

export function useClearHistory() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => ask<{ cleared: number }>('DELETE', '/searches/history'),
    onSuccess: () => client.invalidateQueries({ queryKey: HISTORY_KEY }),
  });
}
