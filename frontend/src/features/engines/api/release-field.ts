import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';

import { enginePath } from './get-engine';
import { ENGINES_KEY } from './get-engines';

/** A field that was parked is searched again. */
export function useReleaseField(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (field: string) =>
      ask<{ field: string }>('POST', `${enginePath(name)}/fields/${encodeURIComponent(field)}/release`),
    onSuccess: () => client.invalidateQueries({ queryKey: [...ENGINES_KEY, name] }),
  });
}
