/** A search is its address: what is asked, and how it is shown. No React. */
import { FIRST_RANGE, toParams, type TimeRange } from './time-range';

export type Order = 'newest' | 'oldest';

export interface SearchState {
  /** The query as text. */
  q: string;
  range: TimeRange;
  /** Only of these; none: all. */
  engines: readonly string[];
  classes: readonly string[];
  /** Which columns are shown; none: those that this browser keeps. */
  columns: readonly string[];
  order: Order;
  /** The id of the row that is open beside the others. */
  row: string | null;
}

/** Whose rows are meant, from when to when: what completion and counts need besides a text. */
export type AskedScope = Pick<SearchState, 'range' | 'engines' | 'classes'>;

export const FIRST_SEARCH: SearchState = {
  q: '',
  range: FIRST_RANGE,
  engines: [],
  classes: [],
  columns: [],
  order: 'newest',
  row: null,
};

/** What stands for an open end in the address; a range that is not named at all is the first one. */
const OPEN = 'all';

export function searchOf(address: URLSearchParams): SearchState {
  return {
    q: address.get('q') ?? '',
    range: rangeOf(address),
    engines: unique(address.getAll('engine')),
    classes: unique(address.getAll('class')),
    columns: unique((address.get('columns') ?? '').split(',')),
    order: address.get('order') === 'oldest' ? 'oldest' : 'newest',
    row: address.get('row') ?? null,
  };
}

/** The shortest address of a search: what is as always is left out. */
export function addressOf(search: SearchState): URLSearchParams {
  const address = new URLSearchParams();
  if (search.q !== '') address.set('q', search.q);
  const { since, until } = search.range;
  if (since !== FIRST_RANGE.since || until !== null) address.set('since', since ?? OPEN);
  if (until !== null) address.set('until', until);
  for (const engine of search.engines) address.append('engine', engine);
  for (const each of search.classes) address.append('class', each);
  if (search.columns.length > 0) address.set('columns', search.columns.join(','));
  if (search.order === 'oldest') address.set('order', 'oldest');
  if (search.row !== null) address.set('row', search.row);
  return address;
}

/** A link to the Search page, also for other pages: `searchLink({ q: 'client:office' })`. */
export function searchLink(search: Partial<SearchState>): string {
  return linked('/search', addressOf({ ...FIRST_SEARCH, ...search }));
}

/** The live tail of the same question; arriving rows have no range and no order. */
export function tailLink(search: Pick<SearchState, 'q' | 'engines' | 'classes'>): string {
  const { q, engines, classes } = search;
  return linked('/tail', addressOf({ ...FIRST_SEARCH, q, engines, classes }));
}

/** What the API is asked with, of rows, counts, facets and fields alike. */
export function askedParams(search: Pick<SearchState, 'q'> & AskedScope): URLSearchParams {
  const asked = scopeParams(search);
  if (search.q !== '') asked.set('q', search.q);
  return asked;
}

/** The same without the text. */
export function scopeParams(scope: AskedScope): URLSearchParams {
  const asked = new URLSearchParams(toParams(scope.range));
  for (const engine of scope.engines) asked.append('engine', engine);
  for (const each of scope.classes) asked.append('class', each);
  return asked;
}

function rangeOf(address: URLSearchParams): TimeRange {
  const since = address.get('since');
  const until = given(address.get('until'));
  return { since: since === null ? FIRST_RANGE.since : given(since), until };
}

function given(moment: string | null): string | null {
  return moment === null || moment === '' || moment === OPEN ? null : moment;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names.map((name) => name.trim()))].filter((name) => name !== '');
}

function linked(path: string, address: URLSearchParams): string {
  const text = address.toString();
  return text === '' ? path : `${path}?${text}`;
}
