/**
 * Which part of a refusal belongs to which field of a form, and what is left for the whole of it. No React.
 *
 * The API says places in several ways: `body.engine.clients.0.address` (it looked at the request itself),
 * `engine.clients[0].address` (the factory did), `ENGINES.edge.port` (it does not fit with what is there already).
 */
import { ApiError } from './api-error';

export interface FieldProblems {
  /** A sentence by place, as `fieldPath` writes it. */
  at: Readonly<Record<string, string>>;
  /** What no field of the form can show; null: nothing. */
  rest: Error | null;
}

const NONE: FieldProblems = { at: {}, rest: null };

/** Hints that say nothing to somebody who fills in a form. */
const FOR_PROGRAMS = /openapi\.json/;

/** `names` are the fields that the form has; a place below one of them (`clients.0.address`) is the form's, too. */
export function fieldProblems(error: Error | null, names: readonly string[]): FieldProblems {
  if (error === null) return NONE;
  if (!(error instanceof ApiError)) return { at: {}, rest: error };
  const at: Record<string, string> = {};
  let rest: Error | null = null;
  for (const { path, wrong, right } of listed(error)) {
    const place = fieldPath(path);
    if (names.some((name) => place === name || place.startsWith(`${name}.`))) {
      const told = toldOf(wrong, right);
      at[place] = place in at ? `${at[place] ?? ''} ${told}` : told;
    } else {
      rest ??= restOf(error, wrong, right);
    }
  }
  return { at, rest };
}

/** What is wrong with a field or with a part of it, in one text; undefined: nothing. */
export function problemAt(problems: FieldProblems, name: string): string | undefined {
  const found = Object.entries(problems.at).filter(([place]) => place === name || place.startsWith(`${name}.`));
  return found.length === 0 ? undefined : found.map(([, told]) => told).join(' ');
}

/** `clients.0.address`: without what stands around the form's own fields. */
export function fieldPath(path: string): string {
  return path
    .replaceAll(/\[(\d+)\]/g, '.$1')
    .replace(/^(?:body|query|path)\./, '')
    .replace(/^ENGINES\.[^.]+\./, '')
    .replace(/^(?:engine|changes|client)\./, '');
}

interface Listed {
  path: string;
  wrong: string;
  right: string;
}

function listed(error: ApiError): readonly Listed[] {
  if (error.problems.length > 0) return error.problems;
  return [{ path: error.field ?? '', wrong: error.message, right: error.hint ?? '' }];
}

function restOf(error: ApiError, wrong: string, right: string): ApiError {
  return new ApiError(
    error.status,
    { code: error.code, message: wrong, hint: right === '' ? null : right, request_id: error.requestId },
    error.retryAfterSeconds,
  );
}

function toldOf(wrong: string, right: string): string {
  const parts = [wrong, FOR_PROGRAMS.test(right) ? '' : right].filter((part) => part.trim() !== '');
  return parts.map(asSentence).join(' ');
}

function asSentence(words: string): string {
  const text = words.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
