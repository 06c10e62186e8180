import { useQueryClient, type Query } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';

import { addressOf, askedParams, searchOf, type SearchState } from '@/lib/search-address';

/** What a text always means, and what is there anyhow, is not asked again by running a search. */
const LASTING: ReadonlySet<unknown> = new Set(['rows', 'row', 'parse', 'fields', 'stored']);

/** The search of the address; what changes it is a step that Back undoes. */
export function useSearch() {
  const client = useQueryClient();
  const [address, setAddress] = useSearchParams();
  const search = useMemo(() => searchOf(address), [address]);
  // A page that is opened asks anew; within it, Back finds what was found before.
  const [opened] = useState(() => Date.now());
  const [runs, setRuns] = useState<Readonly<Record<string, number>>>({});

  const replace = (changes: Partial<SearchState>) => setAddress(addressOf({ ...search, ...changes }), { replace: true });
  const push = (changes: Partial<SearchState>) => setAddress(addressOf({ ...search, ...changes }));
  /** Asks now, also where the same was asked before. */
  const run = (changes: Partial<SearchState> = {}) => {
    const next = { ...search, ...changes };
    const question = questionOf(next);
    setRuns((former) => ({ ...former, [question]: (former[question] ?? 0) + 1 }));
    if (question !== questionOf(search)) push({ ...changes, row: null });
    else void client.invalidateQueries({ predicate: isAsked });
  };
  return { search, run, push, replace, runId: `${opened}.${runs[questionOf(search)] ?? 0}` };
}

function questionOf(search: SearchState): string {
  return `${search.order} ${askedParams(search).toString()}`;
}

function isAsked({ queryKey }: Query): boolean {
  return queryKey[0] === 'logs' && !LASTING.has(queryKey[1]);
}
