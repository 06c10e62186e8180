import { useCallback, useState } from 'react';

import { columnsOf, FIRST_COLUMNS, type LogColumn } from '@/lib/log-columns';
import { storedColumns, storeColumns } from '@/lib/stored-columns';

/** Columns of rows and their widths, as this browser keeps them under a key. */
export function useColumns(
  key: string,
  first: readonly string[] = FIRST_COLUMNS,
): readonly [readonly LogColumn[], (columns: LogColumn[]) => void] {
  const [columns, setColumns] = useState<readonly LogColumn[]>(() => storedColumns(key) ?? columnsOf(first));
  const keep = useCallback(
    (next: LogColumn[]) => {
      setColumns(next);
      storeColumns(key, next);
    },
    [key],
  );
  return [columns, keep];
}
