import { QueryClient, type Query } from '@tanstack/react-query';

import { ApiError } from './api-error';

/** Asks again only where that can help: the API did not answer, or not now. */
export function worthAnotherTry(failures: number, error: Error): boolean {
  return error instanceof ApiError && (error.status === 0 || error.status === 503) && failures < 3;
}

const SOON_MS = 5_000;

/** Asks again every so many ms (false: not by itself); soon while the API, or the factory behind it, does not answer. */
export function every(milliseconds: number | false) {
  return ({ state }: { state: Pick<Query['state'], 'error'> }): number | false => {
    if (!isAway(state.error)) return milliseconds;
    return milliseconds === false ? SOON_MS : Math.min(milliseconds, SOON_MS);
  };
}

function isAway(error: Error | null): boolean {
  return error instanceof ApiError && (error.status === 0 || error.code === 'unavailable');
}

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: worthAnotherTry, refetchInterval: every(false), staleTime: 5_000, networkMode: 'always' },
      mutations: { retry: false, networkMode: 'always' },
    },
  });
}
