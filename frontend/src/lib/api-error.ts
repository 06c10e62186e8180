/** The one error of everything that is asked of the API. */
import type { ErrorBody } from '@/types/shapes';

export class ApiError extends Error {
  override readonly name = 'ApiError';
  /** 0: the API did not answer at all. */
  readonly status: number;
  readonly code: string;
  readonly field: string | null;
  readonly hint: string | null;
  /** Where a query is wrong, in characters from its beginning. */
  readonly position: number | null;
  /** All faults, where there are several or the configuration would be wrong. */
  readonly problems: readonly { path: string; wrong: string; right: string }[];
  readonly requestId: string;
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: ErrorBody, retryAfterSeconds: number | null = null) {
    super(body.message);
    this.status = status;
    this.code = body.code;
    this.field = body.field ?? null;
    this.hint = body.hint ?? null;
    this.position = body.position ?? null;
    this.problems = body.problems ?? [];
    this.requestId = body.request_id;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

export function unreachable(): ApiError {
  return new ApiError(0, {
    code: 'unreachable',
    message: 'The server does not answer.',
    request_id: '',
    hint: 'Logs are received and stored by other processes. This page goes on by itself once the API is back.',
  });
}

/** Whatever the answer was, also where a proxy wrote it. */
export async function errorOf(response: Response): Promise<ApiError> {
  const after = Number(response.headers.get('Retry-After') ?? Number.NaN);
  const body: unknown = await response.json().catch(() => null);
  const told = isErrorBody(body)
    ? body
    : { code: 'unexpected', message: `The server answered ${response.status} without a reason.`, request_id: '' };
  return new ApiError(response.status, told, Number.isFinite(after) ? after : null);
}

function isErrorBody(body: unknown): body is ErrorBody {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    typeof body.code === 'string' &&
    'message' in body &&
    typeof body.message === 'string'
  );
}
