/** A live tail is its address: what is followed, and how many rows a second are wanted. No React. */
import { searchOf, type SearchState } from '@/lib/search-address';

export type TailAsked = Pick<SearchState, 'q' | 'engines' | 'classes'> & { most: number };

/** Rows a second that can be chosen; the API allows no more. */
export const MOST_CHOICES = [10, 100, 300, 1_000] as const;
export const FIRST_MOST = 100;

const NAME = 'most';

export function tailOf(address: URLSearchParams): TailAsked {
  const { q, engines, classes } = searchOf(address);
  const most = Number(address.get(NAME));
  return { q, engines, classes, most: MOST_CHOICES.find((each) => each === most) ?? FIRST_MOST };
}

/** The same address with something else asked. */
export function withAsked(address: URLSearchParams, asked: Partial<Pick<TailAsked, 'q' | 'most'>>): URLSearchParams {
  const next = new URLSearchParams(address);
  if (asked.q !== undefined) set(next, 'q', asked.q.trim());
  if (asked.most !== undefined) set(next, NAME, asked.most === FIRST_MOST ? '' : String(asked.most));
  return next;
}

/** Every line of every engine. */
export function withoutConditions(address: URLSearchParams): URLSearchParams {
  const next = new URLSearchParams(address);
  for (const name of ['q', 'engine', 'class']) next.delete(name);
  return next;
}

function set(address: URLSearchParams, name: string, value: string): void {
  if (value === '') address.delete(name);
  else address.set(name, value);
}
