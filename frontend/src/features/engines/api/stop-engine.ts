import { ask } from '@/lib/api-client';
import type { StoppedEngine } from '@/types/shapes';

import { enginePath } from './get-engine';

/** It stores what it has and ends; the answer is its final ledger. */
export async function stopEngine(name: string): Promise<StoppedEngine> {
  return ask<StoppedEngine>('POST', `${enginePath(name)}/stop`);
}
