import Box from '@mui/material/Box';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

import { EngineState } from '@/components/ui/engine-state';
import { Panel } from '@/components/ui/panel';
import { ROW_PX } from '@/config/tokens';
import { counted, duration, rate } from '@/lib/format';

import type { EngineLine } from '../engine-lines';

interface Props {
  lines: EngineLine[];
  now: number;
}

export function EnginesPanel({ lines, now }: Props) {
  return (
    <Panel title="Engines" aside={counted(lines.length, 'engine')}>
      {lines.length === 0 ? <NoEngines /> : <EngineTable lines={lines} now={now} />}
    </Panel>
  );
}

function NoEngines() {
  return (
    <Box sx={{ p: 4 }}>
      <Typography>No engine yet.</Typography>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        An engine listens on a port and stores what it receives. Add one to ENGINES in GLOBAL_CONFIG.json and take it over
        with: syslogger config reload
      </Typography>
    </Box>
  );
}

const WIDE = { display: { xs: 'none', md: 'table-cell' } };

function EngineTable({ lines, now }: Props) {
  return (
    <Box sx={{ overflowX: 'auto' }}>
      <Table size="small" aria-label="Engines" sx={{ '& td, & th': { height: ROW_PX.comfortable } }}>
        <TableHead>
          <TableRow>
            <Heading>Name</Heading>
            <Heading>State</Heading>
            <Heading wide>Class</Heading>
            <Heading wide right>
              Port
            </Heading>
            <Heading right>Received</Heading>
            <Heading right wide>
              Stored
            </Heading>
          </TableRow>
        </TableHead>
        <TableBody>
          {lines.map((line) => (
            <TableRow key={line.name}>
              <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                {line.name}
                {line.title === '' ? null : (
                  <Typography component="div" variant="body2" sx={{ color: 'text.secondary' }}>
                    {line.title}
                  </Typography>
                )}
              </TableCell>
              <TableCell>
                <EngineState state={line.state} />
                <Typography component="div" variant="body2" sx={{ color: 'text.secondary' }}>
                  {line.why !== '' ? line.why : line.since === null ? '' : `for ${duration(now / 1_000 - line.since)}`}
                </Typography>
              </TableCell>
              <TableCell sx={WIDE}>{line.logClass}</TableCell>
              <TableCell align="right" sx={WIDE}>
                {line.port ?? ''}
              </TableCell>
              <TableCell align="right">{shown(line.received)}</TableCell>
              <TableCell align="right" sx={WIDE}>
                {shown(line.stored)}
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </Box>
  );
}

function Heading({ children, wide = false, right = false }: { children: ReactNode; wide?: boolean; right?: boolean }) {
  return (
    <TableCell
      scope="col"
      align={right ? 'right' : 'left'}
      sx={{ color: 'text.secondary', fontWeight: 500, ...(wide ? WIDE : {}) }}
    >
      {children}
    </TableCell>
  );
}

function shown(perSecond: number | null): ReactNode {
  return perSecond === null ? <span aria-label="unknown">–</span> : rate(perSecond);
}
