/** A search as the API keeps it, and back. */
import { FIRST_SEARCH, type Order, type SearchState } from '@/lib/search-address';
import type { ParsedQuery, PastSearch, SavedSearch } from '@/types/shapes';

/** The typed query that is kept. A relative range stays relative. */
export function savedOf(search: SearchState, where: ParsedQuery['where']): Record<string, unknown> {
  const { engines, classes, range, columns, order } = search;
  return {
    where,
    engines,
    classes,
    columns,
    order,
    since: moment(range.since),
    until: moment(range.until),
  };
}

/** The search that was kept: a saved one, or one of the history. */
export function searchOfSaved({ query, text }: Pick<SavedSearch | PastSearch, 'query' | 'text'>): SearchState {
  return {
    ...FIRST_SEARCH,
    q: text,
    range: { since: momentText(query['since']), until: momentText(query['until']) },
    engines: names(query['engines']),
    classes: names(query['classes']),
    columns: names(query['columns']),
    order: (query['order'] === 'oldest' ? 'oldest' : 'newest') satisfies Order,
  };
}

/** The same search asked several times in a row is one line of the history. */
export function withoutRepeats<T extends Pick<PastSearch, 'query' | 'text'>>(past: readonly T[]): T[] {
  const seen = new Set<string>();
  return past.filter((each) => {
    const key = JSON.stringify(searchOfSaved(each));
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Instants are numbers in a typed query. */
function moment(text: string | null): string | number | null {
  return text !== null && /^-?\d{5,16}$/.test(text) ? Number(text) : text;
}

function momentText(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
