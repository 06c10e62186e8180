import { keepPreviousData, queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineChanges, EngineEffects } from '@/types/shapes';

import { enginePath } from './get-engine';

/** What changes would mean; nothing is changed. A refusal says what is wrong with them. */
export function effectsQuery(name: string, changes: Partial<EngineChanges>) {
  return queryOptions({
    queryKey: ['effects', name, changes],
    queryFn: ({ signal }) => ask<EngineEffects>('POST', `${enginePath(name)}/effects`, { body: { changes }, signal }),
    placeholderData: keepPreviousData,
    gcTime: 0,
    staleTime: 0,
  });
}
