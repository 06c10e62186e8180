import { QueryClient } from '@tanstack/react-query';

import { ApiError } from './api-error';

/** Asks again only where that can help: the API did not answer, or not now. */
export function worthAnotherTry(failures: number, error: Error): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 503) && failures < 3;
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: worthAnotherTry, staleTime: 5_000, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
