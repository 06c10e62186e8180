import { expect, test } from 'vitest';

import { ApiError } from '@/lib/api-error';

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
});
