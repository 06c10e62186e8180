import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import TableSortLabel from '@mui/material/TableSortLabel';
import { useState, type ReactNode } from 'react';

import { ROW_PX } from '@/config/tokens';
import { sortedBy, type SortValue } from '@/lib/sorted';

import { unseen } from './unseen';

export interface DataColumn<Row> {
  key: string;
  title: string;
  cell: (row: Row) => ReactNode;
  /** What it is sorted by; without it, it is not. */
  sort?: (row: Row) => SortValue;
  /** Its first order is from large to small. */
  isDescending?: boolean;
  align?: 'right';
  /** Only from this width on. */
  from?: 'sm' | 'md' | 'lg';
  /** It names the row: one column does. */
  isHeading?: boolean;
  /** Its title is not shown (buttons), but read. */
  isTitleHidden?: boolean;
}

interface Props<Row> {
  /** What the table is of, for who does not see it. */
  caption: string;
  columns: readonly DataColumn<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
  /** What stands there instead of no rows. */
  empty?: ReactNode;
  /** On a phone every row is a card of its own, or the table scrolls in its box. */
  phone?: 'cards' | 'scroll';
  /** It scrolls inside from there on, px; its head stays. */
  maxHeight?: number;
}

interface Order {
  key: string;
  isDescending: boolean;
}

/** A small table: sorted by its heads, in a box of its own where it is too wide. For many rows there is the log grid. */
export function DataTable<Row>({ caption, columns, rows, rowKey, empty, phone = 'cards', maxHeight }: Props<Row>) {
  const [order, setOrder] = useState<Order | null>(null);
  if (rows.length === 0 && empty !== undefined) return <Box sx={{ p: 4 }}>{empty}</Box>;
  const sort = columns.find((column) => column.key === order?.key)?.sort;
  const shown = sort === undefined || order === null ? rows : sortedBy(rows, sort, order.isDescending);
  return (
    <Box
      // What scrolls has to be reached by keyboard.
      tabIndex={0}
      role="group"
      aria-label={`${caption}, table`}
      sx={{ overflow: 'auto', maxHeight, minWidth: 0, outlineOffset: -2 }}
    >
      <Table
        size="small"
        role="table"
        aria-label={caption}
        stickyHeader={maxHeight !== undefined}
        sx={[{ '& td, & th': { height: ROW_PX.comfortable }, '& tbody tr:last-of-type > *': { borderBottom: 0 } }, phone === 'cards' && CARDS]}
      >
        <TableHead role="rowgroup">
          <TableRow role="row">
            {columns.map((column) => (
              <HeadCell key={column.key} column={column} order={order} onOrder={setOrder} />
            ))}
          </TableRow>
        </TableHead>
        <TableBody role="rowgroup">
          {shown.map((row) => (
            <TableRow key={rowKey(row)} role="row">
              {columns.map((column) => (
                <BodyCell key={column.key} column={column} row={row} />
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

/** Roles are said in so many words everywhere: a browser forgets them once a row is no table row to its eyes. */
function HeadCell<Row>({
  column,
  order,
  onOrder,
}: {
  column: DataColumn<Row>;
  order: Order | null;
  onOrder: (order: Order) => void;
}) {
  const isSorted = order?.key === column.key;
  const first = column.isDescending ?? false;
  const next = { key: column.key, isDescending: isSorted ? !order.isDescending : first };
  const direction = (isSorted ? order.isDescending : first) ? 'desc' : 'asc';
  return (
    <TableCell
      role="columnheader"
      scope="col"
      align={column.align ?? 'left'}
      {...(isSorted ? { sortDirection: direction } : {})}
      sx={[{ color: 'text.secondary', fontWeight: 500, whiteSpace: 'nowrap', bgcolor: 'background.paper' }, hiddenBelow(column)]}
    >
      {column.sort === undefined ? (
        <Box component="span" sx={column.isTitleHidden === true ? unseen : {}}>
          {column.title}
        </Box>
      ) : (
        <TableSortLabel active={isSorted} direction={direction} onClick={() => onOrder(next)} sx={{ minHeight: 24 }}>
          {column.title}
        </TableSortLabel>
      )}
    </TableCell>
  );
}

function BodyCell<Row>({ column, row }: { column: DataColumn<Row>; row: Row }) {
  const isHeading = column.isHeading === true;
  return (
    <TableCell
      {...(isHeading ? { component: 'th' as const, scope: 'row', role: 'rowheader' } : { role: 'cell' })}
      align={column.align ?? 'left'}
      data-title={isHeading || column.isTitleHidden === true ? undefined : column.title}
      data-part={isHeading ? 'heading' : column.isTitleHidden === true ? 'buttons' : undefined}
      data-from={column.from}
      sx={[isHeading && { fontWeight: 600 }, hiddenBelow(column)]}
    >
      {column.cell(row)}
    </TableCell>
  );
}

function hiddenBelow<Row>({ from }: DataColumn<Row>) {
  return from === undefined ? {} : { display: { xs: 'none', [from]: 'table-cell' } };
}

/** Below 600 px: a row is a card, its name and its buttons above, the rest in two columns, each with its title before it. */
const CARDS = ({ breakpoints }: { breakpoints: { down: (key: 'sm') => string } }) => ({
  [breakpoints.down('sm')]: {
    '&, & tbody': { display: 'block' },
    '& thead': unseen,
    '& tbody tr': {
      display: 'grid',
      gridTemplateColumns: 'repeat(2, minmax(0, 1fr))',
      gap: '4px 12px',
      padding: '12px 16px',
      borderBottomWidth: 1,
      borderBottomStyle: 'solid',
      borderBottomColor: 'divider',
    },
    '& tbody tr:last-of-type': { borderBottom: 0 },
    '& tbody td, & tbody th': { display: 'block', height: 'auto', border: 0, padding: 0, textAlign: 'left', minWidth: 0 },
    '& tbody [data-from]': { display: 'none' },
    '& tbody [data-part="heading"]': { gridColumn: '1 / -1', gridRow: 1 },
    '& tbody [data-part="buttons"]': { gridColumn: 2, gridRow: 1, justifySelf: 'end' },
    '& tbody [data-title]::before': { content: 'attr(data-title)', display: 'block', color: 'text.secondary', fontSize: 12 },
  },
});
