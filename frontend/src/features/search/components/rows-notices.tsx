import Box from '@mui/material/Box';
import Button from '@mui/material/Button';

import { ErrorNotice, Notice } from '@/components/ui/notice';
import { counted } from '@/lib/format';

import { damagedDays, faultOf, loadedRows, MOST_LOADED, stopWords } from '../row-words';
import type { Rows } from '../use-rows';

const MOST_NAMED = 3;

/** What is not whole about the rows, in words: an answer that was cut never looks like one that is whole. */
export function RowsNotices({ rows }: { rows: Rows }) {
  const stop = rows.isOld ? null : stopWords(rows.pages);
  const last = rows.pages.at(-1);
  const damaged = last === undefined || rows.isOld ? [] : damagedDays(last.searched);
  const isFull = loadedRows(rows.pages) >= MOST_LOADED;
  // Rows of before are still there, so the failure is told beside them.
  const failed = rows.rows.length > 0 ? rows.error : null;
  return (
    <>
      {failed === null || faultOf(failed) !== null ? null : <ErrorNotice error={failed} />}
      {stop === null ? null : (
        <Notice kind="warning" title={stop} announced>
          {isFull ? null : (
            <Button size="small" loading={rows.isLoadingMore} onClick={rows.goOn}>
              Search on
            </Button>
          )}
        </Notice>
      )}
      {rows.moreError === null ? null : (
        <Box sx={{ display: 'grid', gap: 2, justifyItems: 'start' }}>
          <ErrorNotice error={rows.moreError} />
          <Button size="small" variant="outlined" loading={rows.isLoadingMore} onClick={rows.goOn}>
            Load the next rows again
          </Button>
        </Box>
      )}
      {damaged.length === 0 ? null : (
        <Notice kind="warning" title={`${counted(damaged.length, 'day')} cannot be read. Rows of other days are shown.`} announced>
          {damaged.slice(0, MOST_NAMED).join('; ')}
          {damaged.length > MOST_NAMED ? `; and ${damaged.length - MOST_NAMED} more` : ''}
        </Notice>
      )}
    </>
  );
}
