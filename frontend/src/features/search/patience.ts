/** Counts beside the rows wait for their turn: too much at once is asked again, and rows go first. */
import type { Query } from '@tanstack/react-query';

import { ApiError } from '@/lib/api-error';
import { worthAnotherTry } from '@/lib/query-client';

const MOST_FAILURES = 4;
const FIRST_WAIT_MS = 1_000;
const AGAIN_MS = 5_000;

export const patience = {
  retry: (failures: number, error: Error): boolean =>
    (isTooMuch(error) && failures < MOST_FAILURES) || worthAnotherTry(failures, error),
  retryDelay: (failures: number, error: Error): number =>
    isTooMuch(error) && error.retryAfterSeconds !== null
      ? error.retryAfterSeconds * 1_000
      : Math.min(FIRST_WAIT_MS * 2 ** failures, 10_000),
  /** While the API does not answer at all: the page goes on by itself once it is back. */
  refetchInterval: ({ state }: { state: Pick<Query['state'], 'error'> }): number | false =>
    state.error instanceof ApiError && state.error.status === 0 ? AGAIN_MS : false,
};

function isTooMuch(error: Error): error is ApiError {
  return error instanceof ApiError && error.status === 429;
}
