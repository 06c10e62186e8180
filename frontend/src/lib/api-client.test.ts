import { http, HttpResponse } from 'msw';
import { expect, test, vi } from 'vitest';

import { answers, refuses, server } from '@/testing/server';

import { ask, keepCsrf, whenSignedOut } from './api-client';

test('a write brings the CSRF token, a read does not', async () => {
  const seen: (string | null)[] = [];
  server.use(
    http.all('*/api/v1/x', ({ request }) => {
      seen.push(request.headers.get('X-CSRF-Token'));
      return HttpResponse.json({});
    }),
  );
  keepCsrf('secret');

  await ask('GET', '/x');
  await ask('POST', '/x', { body: { a: 1 } });

  expect(seen).toEqual([null, 'secret']);
});

test('a refusal is an error with the words of the API', async () => {
  refuses('post', '/x', 422, { message: 'Field required', field: 'body.name', hint: 'see' });

  await expect(ask('POST', '/x', { body: {} })).rejects.toMatchObject({
    status: 422,
    message: 'Field required',
    field: 'body.name',
    hint: 'see',
    requestId: 'abc',
  });
});

test('an answer that no API wrote is an error, too', async () => {
  server.use(http.get('*/api/v1/x', () => new HttpResponse('<h1>Bad gateway</h1>', { status: 502 })));

  await expect(ask('GET', '/x')).rejects.toMatchObject({ status: 502, code: 'unexpected' });
});

test('a server that does not answer has a sentence of its own', async () => {
  server.use(http.get('*/api/v1/x', () => HttpResponse.error()));

  await expect(ask('GET', '/x')).rejects.toMatchObject({ status: 0, code: 'unreachable' });
});

test('401 ends the session, except where signing in is what is asked', async () => {
  const ended = vi.fn();
  whenSignedOut(ended);
  refuses('get', '/x', 401, { code: 'unauthorized' });

  await expect(ask('GET', '/x', { open: true })).rejects.toMatchObject({ status: 401 });
  expect(ended).not.toHaveBeenCalled();
  await expect(ask('GET', '/x')).rejects.toMatchObject({ status: 401 });
  expect(ended).toHaveBeenCalledOnce();
});

test('204 has no body', async () => {
  answers('post', '/auth/logout', null, 204);

  await expect(ask('POST', '/auth/logout')).resolves.toBeUndefined();
});
