import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';

import { counted } from '@/lib/format';
import {
  completingAt,
  fieldSuggestions,
  namedSuggestions,
  valueSuggestions,
  type Completing,
  type Suggestion,
} from '@/lib/query-completion';
import { FIRST_SEARCH, type AskedScope } from '@/lib/search-address';

import { fieldsQuery } from './api/get-fields';
import { valuesQuery } from './api/get-values';

/** Nobody is asked at each key of somebody who types fast. */
const PAUSE_MS = 150;

export interface Completion {
  completing: Completing | null;
  suggestions: Suggestion[];
  isWaiting: boolean;
}

/** What could stand at the caret. */
export function useCompletion(text: string, caret: number, isOpen: boolean, scope: AskedScope = FIRST_SEARCH): Completion {
  const completing = isOpen ? completingAt(text, caret) : null;
  const named = completing?.kind === 'value' ? namedSuggestions(completing.field, completing.prefix) : null;
  const field = completing?.kind === 'value' && named === null ? completing.field : '';
  const prefix = useLater(completing?.prefix ?? '');
  const fields = useQuery({ ...fieldsQuery(scope), enabled: isOpen });
  const values = useQuery({
    ...valuesQuery(scope, apiName(field), prefix),
    enabled: field !== '',
    placeholderData: keepPreviousData,
  });
  if (completing === null) return { completing, suggestions: [], isWaiting: false };
  if (completing.kind === 'field') {
    return {
      completing,
      suggestions: fieldSuggestions(fields.data?.fields ?? {}, completing.prefix),
      isWaiting: fields.isPending,
    };
  }
  if (named !== null) return { completing, suggestions: named, isWaiting: false };
  const found = values.isPlaceholderData ? [] : (values.data?.values ?? []);
  return {
    completing,
    suggestions: valueSuggestions(found, (seen) => counted(seen, 'row')).filter(({ label }) =>
      label.startsWith(completing.prefix),
    ),
    isWaiting: values.isFetching,
  };
}

function apiName(field: string): string {
  return field === 'sender' ? 'log_sender_ip' : field;
}

/** The value as it was when it last stood still. */
function useLater(value: string): string {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return settled;
}
