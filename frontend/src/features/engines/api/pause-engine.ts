import { ask } from '@/lib/api-client';
import type { PausedEngine } from '@/types/shapes';

import { enginePath } from './get-engine';

/** It reads and counts, and stores nothing. */
export async function pauseEngine(name: string, reason: string): Promise<PausedEngine> {
  return ask<PausedEngine>('POST', `${enginePath(name)}/pause`, { body: { reason } });
}
