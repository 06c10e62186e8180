import { queryOptions } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { LogRow } from '@/lib/log-row';
import { rowOf, rowsOf, type RowObject } from '@/lib/rows';

interface ContextBody {
  before: RowObject[];
  row: RowObject;
  after: RowObject[];
}

/** All three the oldest first. */
export interface Context {
  before: LogRow[];
  row: LogRow;
  after: LogRow[];
}

export const AROUND_ROWS = 10;

/** What came just before a row and just after it: of its engine, or of its sender alone. */
export function contextQuery(id: string, isSameSender: boolean) {
  return queryOptions({
    queryKey: ['logs', 'context', id, isSameSender],
    queryFn: async ({ signal }): Promise<Context> => {
      const asked = `before=${AROUND_ROWS}&after=${AROUND_ROWS}&same_sender=${String(isSameSender)}`;
      const found = await ask<ContextBody>('GET', `/logs/${encodeURIComponent(id)}/context?${asked}`, { signal });
      return { before: rowsOf(found.before), row: rowOf(found.row), after: rowsOf(found.after) };
    },
  });
}
