import { ask } from '@/lib/api-client';
import type { PausedEngine } from '@/types/shapes';

import { enginePath } from './get-engine';

/** Takes one reason to pause away; it stores again when none is left. */
export async function resumeEngine(name: string, reason: string): Promise<PausedEngine> {
  return ask<PausedEngine>('POST', `${enginePath(name)}/resume`, { body: { reason } });
}
