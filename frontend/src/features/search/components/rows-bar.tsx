import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import { useEffect, useState, type ReactNode } from 'react';

import { ColumnChooser } from '@/components/logs/column-chooser';
import { Icon } from '@/components/ui/icon';
import { PlainSelect } from '@/components/ui/plain-select';
import type { LogColumn } from '@/lib/log-columns';
import type { Order } from '@/lib/search-address';

import { briefRowsWords, rowsWords } from '../row-words';
import type { View } from '../stored-view';
import type { Rows } from '../use-rows';

interface Props {
  rows: Rows;
  order: Order;
  view: View;
  fields: readonly string[];
  columns: readonly LogColumn[];
  onOrder: (order: Order) => void;
  onFields: () => void;
  onView: (changes: Partial<View>) => void;
  onColumns: (columns: LogColumn[]) => void;
}

/** How many rows there are, and how they are shown. */
export function RowsBar({ rows, order, view, fields, columns, onOrder, onFields, onView, onColumns }: Props) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: { xs: 2, sm: 3 }, rowGap: 1, minHeight: 32, fontSize: 13 }}>
      <Turn isOn={view.hasFields} onTurn={onFields} icon={<Icon name="filter" size={16} />}>
        Fields
      </Turn>
      <Told rows={rows} order={order} />
      <Box sx={{ flex: 1 }} />
      <PlainSelect
        label="First"
        isBrief
        value={order}
        onChange={(value) => onOrder(value === 'oldest' ? 'oldest' : 'newest')}
        options={[
          { value: 'newest', words: 'newest' },
          { value: 'oldest', words: 'oldest' },
        ]}
      />
      <Turn isOn={view.isWrapped} onTurn={() => onView({ isWrapped: !view.isWrapped })}>
        Wrap
      </Turn>
      {/* A card has no columns and one height. */}
      <Box sx={{ display: { xs: 'none', sm: 'contents' } }}>
        <Turn
          isOn={view.density === 'comfortable'}
          onTurn={() => onView({ density: view.density === 'dense' ? 'comfortable' : 'dense' })}
        >
          Comfortable
        </Turn>
        <ColumnChooser fields={fields} columns={columns} onChange={onColumns} />
      </Box>
    </Box>
  );
}

function Told({ rows, order }: { rows: Rows; order: Order }) {
  return (
    <Box role="status" sx={{ display: 'flex', alignItems: 'center', gap: 2, color: 'text.secondary' }}>
      {rows.isSearching ? <Searching /> : null}
      {rows.isSearching || rows.isOld || rows.isCancelled ? null : (
        <>
          <Box sx={{ display: { xs: 'none', sm: 'block' } }}>{rowsWords(rows.pages, order)}</Box>
          <Box sx={{ display: { sm: 'none' } }}>{briefRowsWords(rows.pages)}</Box>
        </>
      )}
    </Box>
  );
}

/** A short search says nothing but that it is one; a long one says how long it takes. */
function Searching() {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds((before) => before + 1), 1_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <>
      <CircularProgress size={14} color="inherit" aria-hidden="true" />
      Searching
      {/* Not read aloud every second. */}
      <span aria-hidden="true">{seconds > 0 ? ` ${seconds} s` : ''}</span>
    </>
  );
}

interface TurnProps {
  isOn: boolean;
  onTurn: () => void;
  children: ReactNode;
  icon?: ReactNode;
}

function Turn({ isOn, onTurn, children, icon }: TurnProps) {
  return (
    <Button size="small" color={isOn ? 'primary' : 'inherit'} aria-pressed={isOn} startIcon={icon} onClick={onTurn} sx={{ minWidth: 0 }}>
      {children}
    </Button>
  );
}
