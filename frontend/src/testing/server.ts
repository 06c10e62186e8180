/** The API, played by MSW; each test says what it answers. */
import { http, HttpResponse } from 'msw';
import { setupServer } from 'msw/node';

import type { ErrorBody, Me } from '@/types/shapes';

export const server = setupServer();

type Method = 'get' | 'post';

/** The API answers this. */
export function answers(method: Method, path: string, body: unknown, status = 200): void {
  server.use(
    http[method](`*/api/v1${path}`, () =>
      status === 204 ? new HttpResponse(null, { status }) : HttpResponse.json(body as Record<string, unknown>, { status }),
    ),
  );
}

export function refuses(method: Method, path: string, status: number, body: Partial<ErrorBody>): void {
  answers(method, path, { code: 'invalid', message: 'no', request_id: 'abc', ...body }, status);
}

export const anna: Me = {
  user: {
    id: 1,
    name: 'anna',
    role: 'admin',
    scope: { engines: [], clients: [] },
  } as unknown as Me['user'],
  role: 'admin',
  scope: { engines: [], clients: [] },
  kind: 'session',
  csrf: 'secret',
  idle_minutes: 60,
} as Me;
