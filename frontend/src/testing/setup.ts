import '@testing-library/jest-dom/vitest';

import { cleanup, configure } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';

import { keepCsrf } from '@/lib/api-client';

import { server } from './server';

// jsdom has none.
vi.stubGlobal('matchMedia', (query: string) => ({
  matches: query.includes('light'),
  media: query,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));

// A machine that does something else as well is slower than the second that is usual, and may stand still for some.
configure({ asyncUtilTimeout: 20_000 });

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  keepCsrf(null);
});
afterAll(() => server.close());
