import { ask } from '@/lib/api-client';
import type { EngineStatus } from '@/types/shapes';

import { enginePath } from './get-engine';

/** It ends and starts with the settings as they are now. */
export async function restartEngine(name: string): Promise<EngineStatus> {
  return ask<EngineStatus>('POST', `${enginePath(name)}/restart`);
}
