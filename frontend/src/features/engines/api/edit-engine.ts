import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineChanges, EngineEffects } from '@/types/shapes';

import { enginePath } from './get-engine';
import { ENGINES_KEY } from './get-engines';

export interface EditAsked {
  changes: Partial<EngineChanges>;
  /** Only where it is to be another one. */
  autostart?: boolean;
  /** It may be restarted, should a change need it. */
  restart: boolean;
}

export function useEditEngine(name: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: EditAsked) => ask<EngineEffects>('PATCH', enginePath(name), { body }),
    // Also after a refusal: it may have come from what somebody else has changed meanwhile.
    onSettled: () => client.invalidateQueries({ queryKey: ENGINES_KEY }),
  });
}
