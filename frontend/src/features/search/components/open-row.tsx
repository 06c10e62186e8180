import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';

import { RowPanel } from '@/components/logs/row-panel';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { useHotkey } from '@/hooks/use-hotkey';
import { ApiError } from '@/lib/api-error';
import type { Cell, FilterHow, LogRow } from '@/lib/log-row';
import { searchLink, type SearchState } from '@/lib/search-address';

import { rowQuery } from '../api/get-row';

interface Props {
  id: string;
  search: SearchState;
  rows: readonly LogRow[];
  columns: readonly string[];
  onClose: () => void;
  onOpen: (id: string) => void;
  onFilter: (field: string, value: Cell, how: FilterHow) => void;
}

/** The row of the address, also where it is not among those that are loaded. */
export function OpenRow({ id, search, rows, columns, onClose, onOpen, onFilter }: Props) {
  const loaded = rows.find((row) => row.id === id);
  const asked = useQuery({ ...rowQuery(id), enabled: loaded === undefined });
  const row = loaded ?? asked.data;
  if (row === undefined) return <Missing error={asked.error} onClose={onClose} />;
  return (
    <RowPanel
      row={row}
      columns={columns}
      onClose={onClose}
      onFilter={onFilter}
      onContext={(other) => onOpen(other.id)}
      link={searchLink({ ...search, row: id })}
    />
  );
}

function Missing({ error, onClose }: { error: Error | null; onClose: () => void }) {
  useHotkey('Escape', onClose);
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <Box
      component="aside"
      aria-label="Row"
      sx={{ flex: 'none', width: 420, maxWidth: '50%', p: 3, borderLeft: 1, borderColor: 'divider', overflowY: 'auto' }}
    >
      {error === null ? <Waiting what="Asking for the row" /> : null}
      {isGone ? (
        <Notice kind="warning" title="This row is not there." announced>
          Its day was deleted, or it is not among what you may see.
        </Notice>
      ) : error === null ? null : (
        <ErrorNotice error={error} />
      )}
      <Button size="small" onClick={onClose} sx={{ mt: 2 }}>
        Close
      </Button>
    </Box>
  );
}
