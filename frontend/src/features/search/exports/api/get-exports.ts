import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { Export } from '@/types/shapes';

import { Paces, type Pace } from '../pace';

export interface ExportSeen {
  told: Export;
  /** null: it is not made now, or nobody knows yet. */
  pace: Pace | null;
}

export const EXPORTS_KEY = ['exports'] as const;

const paces = new Paces();
const AGAIN_MS = 1_000;

/** One's exports, the newest first; asked again while one of them is made. */
export const exportsQuery = queryOptions({
  queryKey: EXPORTS_KEY,
  queryFn: async ({ signal }): Promise<ExportSeen[]> => {
    const all = await ask<Export[]>('GET', '/exports', { signal });
    return all.map((told) => ({ told, pace: paces.note(told, performance.now() / 1_000) }));
  },
  staleTime: 0,
  refetchInterval: ({ state }) => (state.data?.some(({ told }) => isMade(told)) === true ? AGAIN_MS : false),
});

export function lookAtExport(id: string, signal: AbortSignal): Promise<Export> {
  return ask<Export>('GET', `/exports/${id}`, { signal });
}

export function isMade({ state }: Export): boolean {
  return state === 'waiting' || state === 'running';
}
