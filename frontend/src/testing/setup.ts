import '@testing-library/jest-dom/vitest';

import { cleanup } from '@testing-library/react';
import { afterAll, afterEach, beforeAll, vi } from 'vitest';

import { keepCsrf } from '@/lib/api-client';

import { server } from './server';

// jsdom has none.
vi.stubGlobal('matchMedia', (query: string) => ({ matches: query.includes('light'), media: query }));

beforeAll(() => server.listen({ onUnhandledRequest: 'error' }));
afterEach(() => {
  cleanup();
  server.resetHandlers();
  keepCsrf(null);
});
afterAll(() => server.close());
