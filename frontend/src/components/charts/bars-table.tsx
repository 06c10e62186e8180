import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';

import { ROW_PX } from '@/config/tokens';
import { count } from '@/lib/format';

import { endOf, isClockChanged, spanWords, totalsOf, type BarSeries } from './bars-plan';

interface Props {
  label: string;
  steps: readonly number[];
  series: readonly BarSeries[];
  end?: number;
  zone?: string;
}

/** The same as the bars, in figures. It scrolls within its own box. */
export function BarsTable({ label, steps, series, end, zone = 'UTC' }: Props) {
  const totals = totalsOf(series, steps.length);
  const changed = isClockChanged(steps, zone);
  const apart = series.length > 1 ? series : [];
  return (
    <Box
      role="region"
      aria-label={label}
      tabIndex={0}
      sx={{ maxHeight: 280, overflow: 'auto', border: 1, borderColor: 'divider', borderRadius: 1 }}
    >
      <Table size="small" stickyHeader aria-label={label} sx={{ '& td, & th': { height: ROW_PX.dense, py: 0, whiteSpace: 'nowrap' } }}>
        <TableHead>
          <TableRow>
            <TableCell>Time</TableCell>
            <TableCell align="right">Rows</TableCell>
            {apart.map(({ name }) => (
              <TableCell key={name} align="right">
                {name}
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {steps.map((start, index) => (
            <TableRow key={start}>
              <TableCell component="th" scope="row">
                {spanWords(start, endOf(steps, index, end), zone, changed)}
              </TableCell>
              <TableCell align="right">{count(totals[index] ?? 0)}</TableCell>
              {apart.map(({ name, values }) => (
                <TableCell key={name} align="right">
                  {count(values[index] ?? 0)}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}
