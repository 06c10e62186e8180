import { useMutation } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import { toParams, type TimeRange } from '@/lib/time-range';
import type { ParsedQuery } from '@/types/shapes';

/** Has the API read a range: the instants that its ends mean now, or what is wrong with them. */
export function useResolveRange() {
  return useMutation({
    mutationFn: (range: TimeRange) =>
      ask<ParsedQuery>('POST', '/logs/parse', { body: Object.fromEntries(toParams(range)) }),
  });
}
