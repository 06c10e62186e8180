import { expect, test } from 'vitest';

import { ApiError, unreachable } from './api-error';
import { every } from './query-client';

function refused(status: number, code: string): Error {
  return new ApiError(status, { code, message: 'no', request_id: '' });
}

test('while nobody answers it is asked again soon, however rarely it is asked else', () => {
  expect(every(60_000)({ state: { error: unreachable() } })).toBe(5_000);
  expect(every(60_000)({ state: { error: refused(503, 'unavailable') } })).toBe(5_000);
  expect(every(1_000)({ state: { error: unreachable() } })).toBe(1_000);
  expect(every(false)({ state: { error: unreachable() } })).toBe(5_000);
});

test('an answer is an answer, also one that took too long', () => {
  expect(every(60_000)({ state: { error: null } })).toBe(60_000);
  expect(every(60_000)({ state: { error: refused(503, 'time_limit') } })).toBe(60_000);
  expect(every(false)({ state: { error: refused(422, 'invalid') } })).toBe(false);
});
