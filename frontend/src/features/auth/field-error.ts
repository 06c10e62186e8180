/** Which part of an error belongs to a field of the form, and what is left for the whole of it. */
import { ApiError } from '@/lib/api-error';
import { sentence } from '@/components/ui/notice';

export function fieldError(error: Error | null, name: string): string | undefined {
  return error instanceof ApiError && error.field === `body.${name}` ? sentence(error.message) : undefined;
}

export function formError(error: Error | null, names: string[]): Error | null {
  return names.some((name) => fieldError(error, name) !== undefined) ? null : error;
}
