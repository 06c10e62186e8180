import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { fieldsQuery } from '@/components/query/api/get-fields';
import { PlainSelect } from '@/components/ui/plain-select';
import { unseenOnPhone } from '@/components/ui/unseen';
import { counted } from '@/lib/format';
import type { SearchState } from '@/lib/search-address';

import { countable } from '../field-kinds';
import { daysSearched } from '../searched-words';
import type { HistogramSeen } from './api/get-histogram';
import { BY_SEVERITY, PLAIN, type By } from './bars-of';
import { stepWords } from './step';

interface Props {
  search: SearchState;
  seen: HistogramSeen | undefined;
  /** What is told is of the question before. */
  isOld: boolean;
  by: By;
  isShown: boolean;
  isTable: boolean;
  onBy: (by: By) => void;
  onShow: (isShown: boolean) => void;
  onTable: (isTable: boolean) => void;
  /** null: nothing is selected. */
  onZoom: (() => void) | null;
  /** null: nothing was zoomed. */
  onBack: (() => void) | null;
}

/** How many rows there are, how long that took, and how the bars are shown. */
export function HistogramBar(props: Props) {
  const { search, seen, isOld, by, isShown, isTable, onBy, onShow, onTable, onZoom, onBack } = props;
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 2, rowGap: 1, fontSize: 13 }}>
      <Told seen={seen} isOld={isOld} isShown={isShown} />
      <Box sx={{ flex: 1, display: { xs: 'none', sm: 'block' } }} />
      {isShown ? (
        <>
          <Act name="Back" why="Esc in the chart" act={onBack} />
          <Act name="Zoom in" why="Drag in the chart, or select with Shift and the arrow keys" act={onZoom} />
          <StackedBy search={search} by={by} onBy={onBy} />
          <Button size="small" color="inherit" aria-pressed={isTable} onClick={() => onTable(!isTable)} sx={tight}>
            Table
          </Button>
        </>
      ) : null}
      <Button size="small" color="inherit" aria-expanded={isShown} onClick={() => onShow(!isShown)} sx={tight}>
        {isShown ? 'Hide' : 'Show'}&nbsp;
        <Box component="span" sx={isShown ? unseenOnPhone : {}}>
          chart
        </Box>
      </Button>
    </Box>
  );
}

const tight = { minWidth: 0, px: { xs: 1, sm: 2 }, py: '2px', fontSize: 13, whiteSpace: 'nowrap' };

function Act({ name, why, act }: { name: string; why: string; act: (() => void) | null }) {
  return (
    <Button
      size="small"
      color="inherit"
      disabled={act === null}
      onClick={() => act?.()}
      title={why}
      sx={tight}
    >
      {name}
    </Button>
  );
}

function Told({ seen, isOld, isShown }: { seen: HistogramSeen | undefined; isOld: boolean; isShown: boolean }) {
  if (!isShown) return null;
  return (
    <Box role="status" sx={{ color: 'text.secondary', minHeight: 20, width: { xs: 1, sm: 'auto' } }}>
      {seen === undefined || isOld ? 'Counting …' : told(seen)}
      {seen === undefined || isOld || seen.found.starts.length === 0 ? null : (
        <Box component="span" sx={{ display: { xs: 'none', sm: 'inline' } }}>{` · ${stepWords(seen.found.step)} a bar`}</Box>
      )}
    </Box>
  );
}

function told({ found, seconds }: HistogramSeen): string {
  const total = found.counts.reduce((sum, each) => sum + each, 0);
  const isLeast = found.searched.cut != null;
  const parts = [
    `${isLeast ? 'at least ' : ''}${counted(total, 'row')}`,
    `${seconds.toFixed(2)} s`,
    daysSearched(found.searched),
  ];
  return parts.filter((part) => part !== null).join(' · ');
}

/** Fields are asked for once somebody goes to choose one. */
function StackedBy({ search, by, onBy }: { search: SearchState; by: By; onBy: (by: By) => void }) {
  const [isWanted, setWanted] = useState(false);
  const fields = useQuery({ ...fieldsQuery(search), enabled: isWanted });
  const names = countable(Object.keys(fields.data?.fields ?? {})).filter((name) => name !== BY_SEVERITY);
  const others = by === PLAIN || by === BY_SEVERITY || names.includes(by) ? names : [by, ...names];
  return (
    <PlainSelect
      label="Stacked by"
      isBrief
      value={by}
      onChange={onBy}
      onFocus={() => setWanted(true)}
      options={[
        { value: BY_SEVERITY, words: 'severity' },
        { value: PLAIN, words: 'nothing' },
        ...others.map((name) => ({ value: name, words: name })),
      ]}
    />
  );
}
