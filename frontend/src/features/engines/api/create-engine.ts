import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineAsked, EngineCreated } from '@/types/shapes';

import { ENGINES_KEY } from './get-engines';

export interface CreateAsked {
  engine: Pick<EngineAsked, 'name' | 'class' | 'port'> & Partial<EngineAsked>;
  autostart: boolean;
}

export function useCreateEngine() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (body: CreateAsked) => ask<EngineCreated>('POST', '/engines', { body }),
    onSuccess: () => client.invalidateQueries({ queryKey: ENGINES_KEY }),
  });
}
