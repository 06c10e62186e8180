/** A query without one of its conditions: what to try when nothing is found. No React. */
import { isLoose, tokensOf, type Token } from './query-tokens';

export interface Shorter {
  /** The condition that is left out. */
  without: string;
  q: string;
}

/** Each condition that stands side by side with others, left out once; none where there are alternatives. */
export function shorterQueries(query: string, most = 5): Shorter[] {
  const tokens = tokensOf(query);
  if (isLoose(tokens) || tokens.some(({ kind }) => kind === 'unfinished')) return [];
  const parts = partsOf(tokens);
  if (parts.length < 2) return [];
  const texts = parts.map(([start, end]) => query.slice(start, end));
  return texts.slice(0, most).map((without, left) => ({
    without,
    q: texts.filter((_, place) => place !== left).join(' '),
  }));
}

/** From where to where each of them reaches, outside of all parentheses; `AND` says nothing that blanks do not. */
function partsOf(tokens: readonly Token[]): [number, number][] {
  const parts: [number, number][] = [];
  let depth = 0;
  let begun: number | null = null;
  for (const { kind, start, end } of tokens) {
    if (kind === 'and' && depth === 0) continue;
    begun ??= start;
    if (kind === 'open') depth += 1;
    if (kind === 'close') depth -= 1;
    if (depth > 0 || kind === 'minus' || kind === 'not' || kind === 'field') continue;
    parts.push([begun, end]);
    begun = null;
  }
  return parts;
}
