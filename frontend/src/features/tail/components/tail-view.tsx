import Box from '@mui/material/Box';
import { useState } from 'react';
import { useNavigate, useSearchParams } from 'react-router';

import { LogGrid } from '@/components/logs/log-grid';
import { RowPanel } from '@/components/logs/row-panel';
import { QueryBar } from '@/components/query/query-bar';
import { Icon } from '@/components/ui/icon';
import { useColumns } from '@/hooks/use-columns';
import { useConnection } from '@/hooks/use-live';
import { namesOf } from '@/lib/log-columns';
import type { Cell, FilterHow, LogRow } from '@/lib/log-row';
import { queryCommand } from '@/lib/query-command';
import { addCondition } from '@/lib/query-text';
import { ALL_TIME } from '@/lib/time-range';
import { searchLink } from '@/lib/search-address';

import { useTail } from '../hooks/use-tail';
import { storedLook, storeLook, type Look } from '../stored-look';
import { tailOf, withAsked, withoutConditions } from '../tail-address';
import { newWords } from '../words';
import { Announcer } from './announcer';
import { TailEmpty } from './tail-empty';
import { TailNotices } from './tail-notices';
import { TailTools } from './tail-tools';

/** Its own half of the window: rows scroll inside, the page does not. */
export function TailView() {
  const [address, setAddress] = useSearchParams();
  const navigate = useNavigate();
  const asked = tailOf(address);
  const { q, engines, classes, most } = asked;

  const [typed, setTyped] = useState({ of: q, text: q });
  const text = typed.of === q ? typed.text : q;
  const [isPaused, setIsPaused] = useState(false);
  const [isReading, setIsReading] = useState(false);
  const [selected, setSelected] = useState<string | null>(null);
  const [open, setOpen] = useState<LogRow | null>(null);
  const [look, setLook] = useState<Look>(storedLook);
  const [columns, setColumns] = useColumns('tail');
  const isFollowing = !isPaused && !isReading;

  const { connection } = useConnection();
  const tail = useTail(asked, isFollowing);
  const { state } = tail;

  const ask = (next: string) => {
    setTyped({ of: next.trim(), text: next.trim() });
    if (next.trim() === q && state.phase === 'ended') tail.again();
    setAddress(withAsked(address, { q: next }));
  };
  const filter = (field: string, value: Cell, how: FilterHow) => {
    if (how === 'new') void navigate(searchLink({ q: addCondition('', field, value, how) }));
    else ask(addCondition(q, field, value, how));
  };
  const goOn = () => {
    setIsPaused(false);
    setIsReading(false);
    setSelected(null);
    setOpen(null);
  };
  const select = (id: string | null) => {
    setSelected(id);
    // Who looks at a row wants it to stay where it is.
    if (id !== null) setIsReading(true);
    if (open !== null) setOpen(state.rows.find((row) => row.id === id) ?? open);
  };

  return (
    <Box
      sx={{
        height: { xs: 'calc(100dvh - 98px)', sm: 'calc(100dvh - 49px)' },
        minHeight: 420,
        display: 'flex',
        flexDirection: 'column',
        minWidth: 0,
      }}
    >
      <title>Live tail · Syslogger</title>
      <TailTools
        state={state}
        connection={connection}
        most={most}
        onMost={(chosen) => setAddress(withAsked(address, { most: chosen }), { replace: true })}
        isFollowing={isFollowing}
        isWrong={tail.fault !== null}
        onPause={() => (isFollowing ? setIsPaused(true) : goOn())}
        onClear={tail.clear}
        look={look}
        onLook={(next) => {
          setLook(next);
          storeLook(next);
        }}
        columns={columns}
        onColumns={setColumns}
        searchPath={searchLink({ q, engines, classes })}
      />
      <Box sx={{ px: { xs: 2, sm: 4 }, pb: 2, display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <QueryBar
          label="Only lines that match"
          value={text}
          onChange={(value) => setTyped({ of: q, text: value })}
          onRun={ask}
          fault={tail.fault}
          scope={{ range: ALL_TIME, engines, classes }}
        />
        <TailNotices state={state} connection={connection} asked={asked} error={tail.error} onAgain={tail.again} onGapRead={tail.forgetGap} />
      </Box>
      <Box sx={{ position: 'relative', flex: '1 1 0', minHeight: 0, display: 'flex', borderTop: 1, borderColor: 'divider' }}>
        {state.rows.length === 0 ? (
          <TailEmpty
            state={state}
            isWrong={tail.fault !== null}
            hasConditions={q !== '' || engines.length > 0 || classes.length > 0}
            onEverything={() => setAddress(withoutConditions(address))}
          />
        ) : (
          <LogGrid
            label="Rows as they arrive, the newest last"
            rows={state.rows}
            columns={columns}
            onColumns={setColumns}
            marks={tail.marks}
            wrap={look.isWrapped}
            density={look.density}
            selected={selected}
            onSelect={select}
            onOpen={(id) => setOpen(state.rows.find((row) => row.id === id) ?? null)}
            follow={isFollowing}
            onFollow={(follow) => setIsReading(!follow)}
            onFilter={filter}
          />
        )}
        {isFollowing || state.rows.length === 0 ? null : <NewButton words={newWords(state.waiting, state.gone)} onClick={goOn} />}
        {open === null ? null : (
          <RowPanel
            row={open}
            columns={namesOf(columns)}
            onClose={() => setOpen(null)}
            onFilter={filter}
            onContext={setOpen}
            command={queryCommand({ q, engines, classes }, { follow: true })}
          />
        )}
      </Box>
      <Announcer rows={state.rows} arrived={state.arrived} isFollowing={isFollowing} />
    </Box>
  );
}

/** Goes on where rows arrive. */
function NewButton({ words, onClick }: { words: string; onClick: () => void }) {
  return (
    <Box sx={{ position: 'absolute', bottom: 12, left: 0, right: 0, display: 'flex', justifyContent: 'center', pointerEvents: 'none', zIndex: 3 }}>
      <Box
        component="button"
        type="button"
        onClick={onClick}
        sx={{
          pointerEvents: 'auto',
          display: 'inline-flex',
          alignItems: 'center',
          gap: 2,
          minHeight: 32,
          px: 4,
          border: 0,
          borderRadius: 8,
          font: 'inherit',
          fontSize: 13,
          fontWeight: 600,
          cursor: 'pointer',
          bgcolor: 'primary.main',
          color: 'primary.contrastText',
          boxShadow: 4,
        }}
      >
        <Icon name="down" size={16} />
        {words}
      </Box>
    </Box>
  );
}
