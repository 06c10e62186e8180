import { useMutation } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { TestedLine } from '@/types/shapes';

import { enginePath } from './get-engine';

/** One real datagram, and the row that it became. */
export function useSendTestLine(name: string) {
  return useMutation({
    mutationFn: (line: string) => ask<TestedLine>('POST', `${enginePath(name)}/test-line`, { body: { line } }),
  });
}
