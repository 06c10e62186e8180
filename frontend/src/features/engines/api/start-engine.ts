import { ask } from '@/lib/api-client';
import type { EngineStatus } from '@/types/shapes';

import { enginePath } from './get-engine';

/** It runs from now on, also when the factory starts again. */
export async function startEngine(name: string): Promise<EngineStatus> {
  return ask<EngineStatus>('POST', `${enginePath(name)}/start`);
}
