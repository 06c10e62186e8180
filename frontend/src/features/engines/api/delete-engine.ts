import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineDeleted } from '@/types/shapes';

import { enginePath } from './get-engine';
import { ENGINES_KEY } from './get-engines';

export type Days = 'keep' | 'delete';

export function useDeleteEngine(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (data: Days) =>
      ask<EngineDeleted>('DELETE', `${enginePath(name)}?confirm=${encodeURIComponent(name)}&data=${data}`),
    onSuccess: () => {
      client.removeQueries({ queryKey: [...ENGINES_KEY, name] });
      return client.invalidateQueries({ queryKey: ENGINES_KEY, exact: true });
    },
  });
}
