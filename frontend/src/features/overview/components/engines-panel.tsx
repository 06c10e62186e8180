import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import { Link as RouterLink } from 'react-router';

import { EngineState } from '@/components/ui/engine-state';
import { Panel } from '@/components/ui/panel';
import { count, counted, duration, rate } from '@/lib/format';

import type { EngineLine } from '../engine-lines';
import { TIGHT } from '../tight';
import { PanelLink } from './panel-link';
import { ScrollBox } from './scroll-box';

interface Props {
  lines: EngineLine[];
  /** ms since the epoch, of the moment that the figures are of. */
  now: number;
  height: number;
}

/** What needs a look first, then by name: rates do not move a line. */
export function EnginesPanel({ lines, now, height }: Props) {
  const needy = lines.filter((line) => line.needsLook).length;
  return (
    <Panel title="Engines" aside={<Aside needy={needy} all={lines.length} />}>
      <ScrollBox label="List of engines" height={height}>
        {lines.length === 0 ? <NoEngines /> : <EngineTable lines={lines} now={now} />}
      </ScrollBox>
    </Panel>
  );
}

function Aside({ needy, all }: { needy: number; all: number }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 3, alignItems: 'baseline' }}>
      {needy === 0 ? null : (
        <Box component="span" sx={{ color: 'warning.main' }}>
          {counted(needy, 'needs a look', 'need a look')}
        </Box>
      )}
      <PanelLink to="/engines">{counted(all, 'engine')}</PanelLink>
    </Box>
  );
}

function NoEngines() {
  return (
    <Box sx={{ p: 4 }}>
      <Typography>No engine yet.</Typography>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        An engine listens on a port and stores what it receives. <PanelLink to="/engines">Make one</PanelLink>
      </Typography>
    </Box>
  );
}

function EngineTable({ lines, now }: { lines: EngineLine[]; now: number }) {
  return (
    <Table size="small" stickyHeader aria-label="Engines" sx={TIGHT}>
      <TableHead>
        <TableRow>
          <TableCell scope="col">Name</TableCell>
          <TableCell scope="col">State</TableCell>
          <TableCell scope="col" align="right">
            Received
          </TableCell>
        </TableRow>
      </TableHead>
      <TableBody>
        {lines.map((line) => (
          <TableRow key={line.name}>
            <TableCell component="th" scope="row">
              <Link component={RouterLink} to={`/engines/${encodeURIComponent(line.name)}`} color="inherit" sx={{ fontWeight: 600 }}>
                {line.name}
              </Link>
              <Small>{placeOf(line)}</Small>
            </TableCell>
            <TableCell>
              <EngineState state={line.state} />
              <Small>{whyOf(line, now)}</Small>
            </TableCell>
            <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
              {line.received === null ? <Unknown /> : rate(line.received)}
              {line.lost === null || line.lost === 0 ? null : (
                <Box component="div" sx={{ color: 'error.main' }}>{`${count(line.lost)} lost`}</Box>
              )}
            </TableCell>
          </TableRow>
        ))}
      </TableBody>
    </Table>
  );
}

function Small({ children }: { children: string }) {
  return (
    <Typography component="div" variant="body2" sx={{ color: 'text.secondary', fontWeight: 400, overflowWrap: 'anywhere' }}>
      {children}
    </Typography>
  );
}

export function Unknown() {
  return (
    <Box component="span" role="img" aria-label="unknown">
      –
    </Box>
  );
}

function placeOf(line: EngineLine): string {
  return [line.logClass, line.port === null ? '' : `:${line.port}`, line.title].filter((part) => part !== '').join(' ');
}

function whyOf(line: EngineLine, now: number): string {
  if (line.why !== '') return line.why;
  if (line.needsRestart) return 'changes wait for a restart';
  return line.since === null ? '' : `for ${duration(now / 1_000 - line.since)}`;
}
