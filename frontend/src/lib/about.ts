/** What the product says of itself: its version, its time zone, and how far this browser's clock is from its own. */
import { queryOptions } from '@tanstack/react-query';

import type { About } from '@/types/shapes';

import { ask } from './api-client';

export interface AboutHere extends About {
  /** What has to be added to this browser's clock to have the server's, ms. */
  ahead: number;
}

/** The way of the answer takes time, too; less than this is no difference. */
const LEAST_AHEAD_MS = 2_000;

export const aboutQuery = queryOptions({
  queryKey: ['system', 'about'],
  queryFn: async ({ signal }): Promise<AboutHere> => {
    const about = await ask<About>('GET', '/system/about', { signal });
    return { ...about, ahead: aheadOf(about.now / 1_000, Date.now()) };
  },
  staleTime: Infinity,
});

export function aheadOf(server: number, here: number): number {
  const ahead = server - here;
  return Math.abs(ahead) < LEAST_AHEAD_MS ? 0 : ahead;
}
