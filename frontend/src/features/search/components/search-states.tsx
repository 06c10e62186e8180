import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useState, type ReactNode } from 'react';

import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { fonts } from '@/config/tokens';
import { useZone } from '@/hooks/use-zone';
import { ApiError } from '@/lib/api-error';
import { shorterQueries } from '@/lib/query-conditions';
import type { SearchState } from '@/lib/search-address';
import { ALL_TIME, isRelative, rangeWords, sameRange, type TimeRange } from '@/lib/time-range';
import type { Searched } from '@/types/shapes';

import { storedQuery } from '../api/get-stored';
import { faultOf } from '../row-words';
import { FirstRun } from './first-run';

interface EmptyProps {
  search: SearchState;
  searched: Searched;
  onRun: (changes: Partial<SearchState>) => void;
}

/** No row was found: because there is none at all, or because of what was asked. */
export function NothingFound({ search, searched, onRun }: EmptyProps) {
  const stored = useQuery(storedQuery);
  // Whoever watched the first row arrive wants to see it.
  const [wasEmpty, setWasEmpty] = useState(false);
  if (stored.data === false && !wasEmpty) setWasEmpty(true);
  const hasBegun = wasEmpty && stored.data === true;
  const begin = useEffectEvent(() => {
    const range = isRelative(search.range) ? search.range : ALL_TIME;
    onRun({ range, q: '', engines: [], classes: [] });
  });
  useEffect(() => {
    if (hasBegun) begin();
  }, [hasBegun]);
  if (stored.isPending) return <Waiting what="Looking whether anything is stored" />;
  return stored.data === false ? <FirstRun /> : <NoMatch search={search} searched={searched} onRun={onRun} />;
}

const WIDER: readonly TimeRange[] = [{ since: '-7d', until: null }, { since: '-30d', until: null }, ALL_TIME];

function NoMatch({ search, searched, onRun }: EmptyProps) {
  const zone = useZone() ?? 'UTC';
  const wider = WIDER.filter((range) => !sameRange(range, search.range) && !sameRange(search.range, ALL_TIME));
  const shorter = shorterQueries(search.q);
  const isNarrowed = search.engines.length + search.classes.length > 0;
  return (
    <State title="No row matches.">
      <Typography sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
        {search.q === '' ? 'There are no rows' : 'Nothing fits the query'} in this time range: {rangeWords(search.range, zone)}.
      </Typography>
      {searched.unknown_fields.length === 0 ? null : (
        <Notice kind="warning" title={unknownWords(searched.unknown_fields)}>
          A field is there once an engine’s class has a pattern for it.
        </Notice>
      )}
      {wider.length === 0 ? null : (
        <Choices label="A longer time">
          {wider.map((range) => (
            <Choice key={range.since ?? 'all'} onChoose={() => onRun({ range })}>
              {rangeWords(range, zone)}
            </Choice>
          ))}
        </Choices>
      )}
      {search.q === '' ? null : (
        <Choices label={shorter.length === 0 ? 'Another query' : 'Fewer conditions'}>
          {shorter.map(({ without, q }) => (
            <Choice key={without} onChoose={() => onRun({ q })}>
              without <Code>{without}</Code>
            </Choice>
          ))}
          <Choice onChoose={() => onRun({ q: '' })}>every row of this time</Choice>
        </Choices>
      )}
      {isNarrowed ? (
        <Choices label="More engines">
          <Choice onChoose={() => onRun({ engines: [], classes: [] })}>all engines and classes</Choice>
        </Choices>
      ) : null}
    </State>
  );
}

function unknownWords(fields: readonly string[]): string {
  const named = fields.slice(0, 5).join(', ');
  return fields.length === 1 ? `No day of this time has the field ${named}.` : `No day of this time has the fields ${named}.`;
}

/** The search was not answered. */
export function SearchFailed({ error, onAgain }: { error: Error; onAgain: () => void }) {
  if (faultOf(error) !== null) {
    return (
      <State title="Nothing was searched.">
        <Typography sx={{ color: 'text.secondary' }}>What is asked cannot be read. What is wrong stands above, at its place.</Typography>
      </State>
    );
  }
  const seconds = error instanceof ApiError && error.status === 429 ? (error.retryAfterSeconds ?? 1) : null;
  return (
    <State title={null}>
      {seconds === null ? (
        <ErrorNotice error={error} />
      ) : (
        <Notice kind="warning" title="Too many of your searches run at once." announced>
          Nothing was searched. Try again in {seconds} s, or close other pages that search.
        </Notice>
      )}
      <Box>
        <Button variant="outlined" onClick={onAgain}>
          Try again
        </Button>
      </Box>
    </State>
  );
}

export function Cancelled({ onAgain }: { onAgain: () => void }) {
  return (
    <State title="The search was cancelled.">
      <Box>
        <Button variant="outlined" onClick={onAgain}>
          Run it again
        </Button>
      </Box>
    </State>
  );
}

export function NoRight() {
  return (
    <Notice kind="info" title="Your role does not see log lines.">
      Searching is for analysts and those with more rights. An admin can give you another role; the overview and the
      engines are open to you.
    </Notice>
  );
}

function State({ title, children }: { title: string | null; children: ReactNode }) {
  return (
    <Box sx={{ flex: 1, overflowY: 'auto', p: { xs: 4, sm: 6 }, bgcolor: 'background.paper' }}>
      <Box sx={{ display: 'grid', gap: 4, maxWidth: 720, minWidth: 0 }}>
        {title === null ? null : (
          <Box role="status">
            <Typography variant="h2">{title}</Typography>
          </Box>
        )}
        {children}
      </Box>
    </Box>
  );
}

function Choices({ label, children }: { label: string; children: ReactNode }) {
  return (
    <Box>
      <Typography variant="body2" sx={{ mb: 1, fontWeight: 600 }}>
        {label}
      </Typography>
      <Box role="group" aria-label={label} sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
        {children}
      </Box>
    </Box>
  );
}

function Choice({ onChoose, children }: { onChoose: () => void; children: ReactNode }) {
  return (
    <Button size="small" variant="outlined" onClick={onChoose} sx={{ textAlign: 'left', overflowWrap: 'anywhere', maxWidth: '100%' }}>
      <span>{children}</span>
    </Button>
  );
}

function Code({ children }: { children: string }) {
  return (
    <Box component="code" sx={{ fontFamily: fonts.lines, fontSize: 12.5 }}>
      {children}
    </Box>
  );
}
