import { expect, test } from 'vitest';

import { ApiError, unreachable } from '@/lib/api-error';

import { patience } from './patience';

function refused(status: number, retryAfterSeconds: number | null = null): ApiError {
  return new ApiError(status, { code: 'x', message: 'no', request_id: '' }, retryAfterSeconds);
}

test('too much at once is asked again, when the API says', () => {
  expect(patience.retry(0, refused(429))).toBe(true);
  expect(patience.retry(4, refused(429))).toBe(false);
  expect(patience.retryDelay(0, refused(429, 3))).toBe(3_000);
  expect(patience.retryDelay(1, refused(429))).toBe(2_000);
});

test('what is wrong stays wrong', () => {
  expect(patience.retry(0, refused(422))).toBe(false);
  expect(patience.refetchInterval({ state: { error: refused(422) } })).toBe(false);
});

test('an API that is gone is asked again and again', () => {
  expect(patience.refetchInterval({ state: { error: unreachable() } })).toBe(5_000);
  expect(patience.refetchInterval({ state: { error: null } })).toBe(false);
});
