import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect, useRef, useState, type ReactNode } from 'react';
import { useLocation } from 'react-router';

import { QueryBar, type QueryFault } from '@/components/query/query-bar';
import { TimePicker } from '@/components/query/time-picker';
import { Icon } from '@/components/ui/icon';
import { Notice, sentence } from '@/components/ui/notice';
import { useZone } from '@/hooks/use-zone';
import type { SearchState } from '@/lib/search-address';

import type { Fault } from '../row-words';

interface Props {
  search: SearchState;
  fault: Fault | null;
  isSearching: boolean;
  onRun: (changes: Partial<SearchState>) => void;
  onCancel: () => void;
  /** What else can be done with a search. */
  children: ReactNode;
}

/** What is asked: the query, the time, and the button that asks. */
export function SearchBar({ search, fault, isSearching, onRun, onCancel, children }: Props) {
  const zone = useZone() ?? 'UTC';
  const input = useRef<HTMLTextAreaElement>(null);
  const [draft, setDraft] = useDraft(search.q);
  const location = useLocation();
  useEffect(() => {
    if (wantsFocus(location.state)) input.current?.focus();
  }, [location.key, location.state]);
  return (
    <Box role="search" aria-label="Logs" sx={{ display: 'grid', gap: 2, minWidth: 0 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'start' }}>
        <Box sx={{ display: 'flex', flex: '1 1 360px', minWidth: 0 }}>
          <QueryBar
            value={draft}
            onChange={setDraft}
            onRun={(q) => onRun({ q: q.trim() })}
            fault={queryFault(fault, draft === search.q)}
            scope={search}
            inputRef={input}
          />
        </Box>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: { xs: 1, sm: 2 } }}>
          <TimePicker value={search.range} onChange={(range) => onRun({ q: draft.trim(), range })} zone={zone} />
          {isSearching ? (
            <Button variant="outlined" onClick={onCancel} sx={runStyle}>
              Cancel
            </Button>
          ) : (
            <Button variant="contained" onClick={() => onRun({ q: draft.trim() })} sx={runStyle}>
              Run
            </Button>
          )}
          {/* On a phone they go down together. */}
          <Box sx={{ display: 'flex', gap: { sm: 2 } }}>{children}</Box>
        </Box>
      </Box>
      <Only search={search} onRun={onRun} />
      {fault?.of === 'range' ? (
        <Notice kind="bad" title="Nothing was searched: the time range cannot be read." announced>
          {sentence(fault.message)}
        </Notice>
      ) : null}
    </Box>
  );
}

/** As wide when it says Cancel; on a phone the line has room for all of its buttons. */
const runStyle = { minHeight: 38, minWidth: { xs: 64, sm: 92 }, px: { xs: 2, sm: 4 } };

/** Engines and classes that the address names apart from the query. */
function Only({ search, onRun }: Pick<Props, 'search' | 'onRun'>) {
  if (search.engines.length + search.classes.length === 0) return null;
  return (
    <Box role="group" aria-label="Only of" sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', fontSize: 13 }}>
      Only of
      {search.engines.map((engine) => (
        <Left
          key={`engine ${engine}`}
          words={`engine ${engine}`}
          onLeave={() => onRun({ engines: search.engines.filter((each) => each !== engine) })}
        />
      ))}
      {search.classes.map((name) => (
        <Left
          key={`class ${name}`}
          words={`class ${name}`}
          onLeave={() => onRun({ classes: search.classes.filter((each) => each !== name) })}
        />
      ))}
    </Box>
  );
}

function Left({ words, onLeave }: { words: string; onLeave: () => void }) {
  return (
    <Button
      size="small"
      variant="outlined"
      color="inherit"
      aria-label={`Not only of ${words}`}
      endIcon={<Icon name="close" size={14} />}
      onClick={onLeave}
      sx={{ borderColor: 'divider', py: 0, minHeight: 28, fontWeight: 400 }}
    >
      {words}
    </Button>
  );
}

/** What is typed and not yet run. Another address, as by Back, shows its own text. */
function useDraft(q: string) {
  const [draft, setDraft] = useState(q);
  const [former, setFormer] = useState(q);
  if (former !== q) {
    setFormer(q);
    setDraft(q);
  }
  return [draft, setDraft] as const;
}

/** A fault is told only of the text that was run. */
function queryFault(fault: Fault | null, isRun: boolean): QueryFault | null {
  return isRun && fault?.of === 'query' ? { message: fault.message, position: fault.position } : null;
}

/** What the keys that lead here leave with the address. */
function wantsFocus(state: unknown): boolean {
  return typeof state === 'object' && state !== null && 'focus' in state && state.focus === 'query';
}
