import Box from '@mui/material/Box';

import { LogGrid } from '@/components/logs/log-grid';
import { Waiting } from '@/components/ui/waiting';
import type { LogColumn } from '@/lib/log-columns';
import type { Cell, FilterHow, Marks } from '@/lib/log-row';
import type { SearchState } from '@/lib/search-address';

import type { View } from '../stored-view';
import type { Rows } from '../use-rows';
import { Cancelled, NothingFound, SearchFailed } from './search-states';

interface Props {
  search: SearchState;
  rows: Rows;
  columns: readonly LogColumn[];
  onColumns: (columns: LogColumn[]) => void;
  marks: Marks;
  view: View;
  selected: string | null;
  onSelect: (id: string | null) => void;
  onOpen: (id: string) => void;
  onFilter: (field: string, value: Cell, how: FilterHow) => void;
  onRun: (changes?: Partial<SearchState>) => void;
}

/** The rows, or why there are none. */
export function RowsArea({ search, rows, onRun, ...rest }: Props) {
  const again = () => onRun();
  if (rows.isCancelled) return <Cancelled onAgain={again} />;
  if (rows.rows.length > 0) return <Grid rows={rows} {...rest} />;
  if (rows.error !== null) return <SearchFailed error={rows.error} onAgain={again} />;
  const searched = rows.pages.at(-1)?.searched;
  if (searched === undefined || rows.isOld || rows.isSearching) {
    return (
      <Box sx={{ flex: 1 }}>
        <Waiting what="Searching" />
      </Box>
    );
  }
  return rows.pages.at(-1)?.after == null ? (
    <NothingFound search={search} searched={searched} onRun={onRun} />
  ) : (
    <Box sx={{ flex: 1 }}>{rows.isLoadingMore ? <Waiting what="Searching on" /> : null}</Box>
  );
}

function Grid({ rows, columns, onColumns, marks, view, selected, onSelect, onOpen, onFilter }: Omit<Props, 'search' | 'onRun'>) {
  return (
    <Box
      aria-busy={rows.isSearching}
      sx={{ display: 'flex', flexDirection: 'column', flex: 1, minWidth: 0, minHeight: 0, opacity: rows.isOld ? 0.55 : 1 }}
    >
      <LogGrid
        label="Rows found"
        rows={rows.rows}
        columns={columns}
        onColumns={onColumns}
        marks={marks}
        wrap={view.isWrapped}
        density={view.density}
        selected={selected}
        onSelect={onSelect}
        onOpen={onOpen}
        onNearEnd={rows.more}
        onFilter={onFilter}
      />
    </Box>
  );
}
