/** Everything that is asked of the API goes through here: the cookie, the CSRF token, the one error, what 401 means. */
import { errorOf, unreachable } from './api-error';

const BASE = '/api/v1';

type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

interface Options {
  body?: unknown;
  signal?: AbortSignal;
  /** A 401 here is an answer and not the end of the session: signing in does this. */
  open?: boolean;
}

let csrf: string | null = null;
let onSignedOut: () => void = () => undefined;

/** What writes send as X-CSRF-Token, as `me` told it. */
export function keepCsrf(token: string | null): void {
  csrf = token;
}

/** What happens when the API no longer knows the session. */
export function whenSignedOut(callback: () => void): void {
  onSignedOut = callback;
}

export async function ask<T>(method: Method, path: string, options: Options = {}): Promise<T> {
  const response = await answered(method, path, options);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

/** An answer whose bytes are read as they come: a download. */
export function askStream(path: string, signal: AbortSignal): Promise<Response> {
  return answered('GET', path, { signal });
}

/** Where a browser fetches something by itself, with the cookie: a link. */
export function addressOfApi(path: string): string {
  return `${BASE}${path}`;
}

async function answered(method: Method, path: string, options: Options): Promise<Response> {
  const response = await send(method, path, options);
  if (response.ok) return response;
  if (response.status === 401 && options.open !== true) {
    onSignedOut();
  }
  throw await errorOf(response);
}

async function send(method: Method, path: string, { body, signal }: Options): Promise<Response> {
  const headers: Record<string, string> = { Accept: 'application/json' };
  if (body !== undefined) headers['Content-Type'] = 'application/json';
  if (method !== 'GET' && csrf !== null) headers['X-CSRF-Token'] = csrf;
  try {
    return await fetch(`${BASE}${path}`, {
      method,
      headers,
      credentials: 'same-origin',
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error;
    throw unreachable();
  }
}
