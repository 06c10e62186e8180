import Box from '@mui/material/Box';
import type { Theme } from '@mui/material/styles';
import useMediaQuery from '@mui/material/useMediaQuery';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { useNavigate } from 'react-router';

import { fieldsQuery } from '@/components/query/api/get-fields';
import { Page } from '@/components/ui/page';
import { useColumns } from '@/hooks/use-columns';
import { useMe } from '@/hooks/use-session';
import { columnsOf, namesOf, type LogColumn } from '@/lib/log-columns';
import type { Cell, FilterHow } from '@/lib/log-row';
import { marksOf } from '@/lib/marks';
import { addCondition } from '@/lib/query-text';
import { may } from '@/lib/rights';
import { tailLink } from '@/lib/search-address';
import { between } from '@/lib/time-range';

import { parsedQuery } from '../api/parse-query';
import { ExportDialog } from '../exports/export-dialog';
import { SearchHistogram } from '../histogram/search-histogram';
import { faultOf } from '../row-words';
import { storedView, storeView, type View } from '../stored-view';
import { fieldNames } from '../field-names';
import { useRows } from '../use-rows';
import { useSearch } from '../use-search';
import { FacetsRail } from './facets-rail';
import { OpenRow } from './open-row';
import { RowsArea } from './rows-area';
import { RowsBar } from './rows-bar';
import { RowsNotices } from './rows-notices';
import { SavedDrawer } from './saved-drawer';
import { SearchBar } from './search-bar';
import { NoRight } from './search-states';
import { ShareMenu } from './share-menu';
import { ToolButton } from './tool-button';
import { Unseen } from './unseen';

/** Find it: what was stored, by query and time. The address is the search. */
export function SearchPage() {
  const me = useMe();
  if (!may(me, 'search')) {
    return (
      <Page title="Search">
        <NoRight />
      </Page>
    );
  }
  return <Search />;
}

function Search() {
  const navigate = useNavigate();
  const { search, run, push, replace, runId } = useSearch();
  const rows = useRows(search, runId);
  const parsed = useQuery({ ...parsedQuery(search.q), enabled: search.q !== '' });
  const where = search.q === '' ? null : (parsed.data?.where ?? null);
  const marks = useMemo(() => marksOf(where), [where]);
  const fields = useQuery(fieldsQuery(search));
  const names = useMemo(() => fieldNames(fields.data?.fields ?? {}, rows.rows), [fields.data, rows.rows]);
  const [columns, onColumns] = useShownColumns(search.columns, (chosen) => replace({ columns: chosen }));
  const [view, onView] = useView();
  const facets = useFacets(view, onView);
  const [selected, setSelected] = useState<string | null>(search.row);
  const [opened, setOpened] = useState<'saved' | 'export' | null>(null);

  const filter = (field: string, value: Cell, how: FilterHow) => run({ q: addCondition(search.q, field, value, how), row: null });
  const open = (id: string) => {
    setSelected(id);
    // Back closes the row; from one row to the next is no step of its own.
    if (search.row === null) push({ row: id });
    else replace({ row: id });
  };
  const select = (id: string | null) => {
    setSelected(id);
    if (search.row !== null && id !== null) replace({ row: id });
  };
  const fault = faultOf(rows.error);

  return (
    <Box sx={pageStyle}>
      <title>Search · Syslogger</title>
      <Unseen component="h1">Search</Unseen>
      <SearchBar search={search} fault={fault} isSearching={rows.isSearching} onRun={run} onCancel={rows.cancel}>
        <ToolButton icon="tail" onClick={() => void navigate(tailLink(search))} shortcut="t">
          Live
        </ToolButton>
        <ToolButton icon="save" opens="dialog" onClick={() => setOpened('saved')}>
          Saved
        </ToolButton>
        <ToolButton icon="download" opens="dialog" onClick={() => setOpened('export')}>
          Export
        </ToolButton>
        <ShareMenu search={search} searched={rows.isOld ? null : (rows.pages[0]?.searched ?? null)} />
      </SearchBar>
      {fault === null ? (
        <SearchHistogram
          search={search}
          onRange={(from, until) => run({ range: between(from, until), row: null })}
          onBack={() => void navigate(-1)}
        />
      ) : null}
      <Box sx={{ display: 'grid', gap: 2 }}>
        <RowsBar
          rows={rows}
          order={search.order}
          view={{ ...view, hasFields: facets.isOpen }}
          fields={names}
          onFields={facets.turn}
          columns={columns}
          onOrder={(order) => run({ order })}
          onView={onView}
          onColumns={onColumns}
        />
        <RowsNotices rows={rows} />
      </Box>
      <Box sx={bodyStyle}>
        <FacetsRail
          search={search}
          fields={names}
          place={facets.place}
          isOpen={facets.isOpen && fault === null}
          onClose={facets.turn}
          onFilter={filter}
        />
        <RowsArea
          search={search}
          rows={rows}
          columns={columns}
          onColumns={onColumns}
          marks={marks}
          view={view}
          selected={selected}
          onSelect={select}
          onOpen={open}
          onFilter={filter}
          onRun={run}
        />
        {search.row === null ? null : (
          <OpenRow
            id={search.row}
            search={search}
            rows={rows.rows}
            columns={namesOf(columns)}
            onClose={() => replace({ row: null })}
            onOpen={open}
            onFilter={filter}
          />
        )}
      </Box>
      <SavedDrawer search={search} isOpen={opened === 'saved'} onClose={() => setOpened(null)} onRun={(chosen) => run(chosen)} />
      <ExportDialog search={search} isOpen={opened === 'export'} onClose={() => setOpened(null)} />
    </Box>
  );
}

/** The columns of the address, else those that this browser keeps; widths are always its own. */
function useShownColumns(named: readonly string[], onNames: (names: string[]) => void) {
  const [kept, keep] = useColumns('search');
  const columns = useMemo(() => (named.length === 0 ? kept : columnsOf(named, kept)), [named, kept]);
  const change = (next: LogColumn[]) => {
    keep(next);
    const names = namesOf(next);
    if (names.join() !== namesOf(columns).join()) onNames(names);
  };
  return [columns, change] as const;
}

function useView() {
  const [view, setView] = useState(storedView);
  const change = (changes: Partial<View>) => {
    const next = { ...view, ...changes };
    setView(next);
    storeView(next);
  };
  return [view, change] as const;
}

/** Beside the rows they stay; above them they are open for a moment only. */
function useFacets(view: View, onView: (changes: Partial<View>) => void) {
  const hasRoom = useMediaQuery((theme: Theme) => theme.breakpoints.up('lg'), { noSsr: true });
  const [isAbove, setIsAbove] = useState(false);
  const turn = () => {
    if (hasRoom) onView({ hasFields: !view.hasFields });
    else setIsAbove(!isAbove);
  };
  return { place: hasRoom ? ('beside' as const) : ('above' as const), isOpen: hasRoom ? view.hasFields : isAbove, turn };
}

/** On a screen the page is as high as the window, and only rows scroll; on a phone the page scrolls, too. */
const pageStyle = {
  display: 'flex',
  flexDirection: 'column',
  gap: 3,
  p: { xs: 3, sm: 4 },
  height: { sm: 'calc(100dvh - 49px)' },
  minWidth: 0,
};

const bodyStyle = {
  display: 'flex',
  flex: { xs: 'none', sm: '1 0 320px' },
  height: { xs: '80dvh', sm: 0 },
  minWidth: 0,
  border: 1,
  borderColor: 'divider',
  borderRadius: 1,
  overflow: 'hidden',
  bgcolor: 'background.paper',
};
