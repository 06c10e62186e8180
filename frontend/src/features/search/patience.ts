/** Counts beside the rows wait for their turn: too much at once is asked again, and rows go first. */
import { ApiError } from '@/lib/api-error';
import { worthAnotherTry } from '@/lib/query-client';

const MOST_FAILURES = 4;
const FIRST_WAIT_MS = 1_000;

export const patience = {
  retry: (failures: number, error: Error): boolean =>
    (isTooMuch(error) && failures < MOST_FAILURES) || worthAnotherTry(failures, error),
  retryDelay: (failures: number, error: Error): number =>
    isTooMuch(error) && error.retryAfterSeconds !== null
      ? error.retryAfterSeconds * 1_000
      : Math.min(FIRST_WAIT_MS * 2 ** failures, 10_000),
};

function isTooMuch(error: Error): error is ApiError {
  return error instanceof ApiError && error.status === 429;
}
