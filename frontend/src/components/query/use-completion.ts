import { useQuery } from '@tanstack/react-query';
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
  const prefix = useLater(field, completing?.prefix ?? '');
  const fields = useQuery({ ...fieldsQuery(scope), enabled: isOpen });
  const values = useQuery({
    ...valuesQuery(scope, apiName(field), prefix ?? ''),
    enabled: field !== '' && prefix !== null,
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
  const found = values.data?.values ?? [];
  return {
    completing,
    suggestions: valueSuggestions(found, (seen) => counted(seen, 'row')).filter(({ label }) =>
      label.startsWith(completing.prefix),
    ),
    isWaiting: values.isFetching || prefix === null,
  };
}

function apiName(field: string): string {
  return field === 'sender' ? 'log_sender_ip' : field;
}

/** What is typed of a field's value, as it was when it last stood still; null: it has not yet, of this field. */
function useLater(field: string, prefix: string): string | null {
  const [settled, setSettled] = useState({ field: '', prefix: '' });
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ field, prefix }), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [field, prefix]);
  return settled.field === field ? settled.prefix : null;
}
