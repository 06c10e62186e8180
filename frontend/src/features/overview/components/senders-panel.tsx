import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Table from '@mui/material/Table';
import TableBody from '@mui/material/TableBody';
import TableCell from '@mui/material/TableCell';
import TableHead from '@mui/material/TableHead';
import TableRow from '@mui/material/TableRow';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';

import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import { count, duration, rate } from '@/lib/format';
import { addCondition } from '@/lib/query-text';
import { searchLink } from '@/lib/search-address';

import type { SendersNow, ShownSender } from '../sender-lines';
import { TIGHT } from '../tight';
import { Unknown } from './engines-panel';
import { PanelLink } from './panel-link';
import { ScrollBox } from './scroll-box';

interface Props {
  senders: SendersNow;
  /** ms since the epoch. */
  now: number;
  maySearch: boolean;
  height: number;
}

/** More silent ones would hide who sends; the Clients page has them all. */
const MOST_SILENT = 5;
const MOST_HEARD = 20;

/** Who is silent, then who sends most. */
export function SendersPanel({ senders, now, maySearch, height }: Props) {
  const { silent, heard } = senders;
  const hidden = Math.max(0, silent.length - MOST_SILENT);
  return (
    <Panel title="Senders" aside={<Aside silent={silent.length} />}>
      <ScrollBox label="List of senders" height={height}>
        {silent.length === 0 && heard.length === 0 ? (
          <Typography sx={{ p: 4, color: 'text.secondary' }}>Nobody has sent anything since the engines started.</Typography>
        ) : (
          <Table size="small" stickyHeader aria-label="Senders" sx={TIGHT}>
            <TableHead>
              <TableRow>
                <TableCell scope="col">Sender</TableCell>
                <TableCell scope="col" align="right" title="Messages a second over the last minute">
                  Rate
                </TableCell>
                <TableCell scope="col" align="right">
                  Last heard
                </TableCell>
              </TableRow>
            </TableHead>
            <TableBody>
              {silent.slice(0, MOST_SILENT).map(({ sender, seconds }) => (
                <SenderRow key={sender.key} sender={sender} maySearch={maySearch}>
                  <Silence sender={sender} seconds={seconds} />
                </SenderRow>
              ))}
              {hidden === 0 ? null : (
                <TableRow>
                  <TableCell colSpan={3} sx={{ pl: '16px !important' }}>
                    <PanelLink to="/clients">{`${count(hidden)} more not heard`}</PanelLink>
                  </TableCell>
                </TableRow>
              )}
              {heard.slice(0, MOST_HEARD).map((sender) => (
                <SenderRow key={sender.key} sender={sender} maySearch={maySearch}>
                  {heardWords(sender, now)}
                </SenderRow>
              ))}
            </TableBody>
          </Table>
        )}
      </ScrollBox>
    </Panel>
  );
}

function Aside({ silent }: { silent: number }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', gap: 3, alignItems: 'baseline' }}>
      {silent === 0 ? null : (
        <Box component="span" sx={{ color: 'warning.main' }}>{`${silent} not heard for 10 min`}</Box>
      )}
      <PanelLink to="/clients">Clients</PanelLink>
    </Box>
  );
}

function SenderRow({ sender, maySearch, children }: { sender: ShownSender; maySearch: boolean; children: ReactNode }) {
  const shown = sender.name === '' ? sender.address : sender.name;
  return (
    <TableRow>
      <TableCell component="th" scope="row" sx={{ fontWeight: 400, overflowWrap: 'anywhere' }}>
        {maySearch && !isRange(sender.address) ? (
          <Link component={RouterLink} to={linkOf(sender)} color="inherit" title={`Search what ${sender.address} sent`}>
            {shown}
          </Link>
        ) : (
          shown
        )}
        {sender.name === '' ? null : (
          <Typography component="div" variant="body2" sx={{ color: 'text.secondary' }}>
            {sender.address}
          </Typography>
        )}
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {sender.rate === null ? <Unknown /> : rate(sender.rate)}
      </TableCell>
      <TableCell align="right" sx={{ whiteSpace: 'nowrap' }}>
        {children}
      </TableCell>
    </TableRow>
  );
}

function Silence({ sender, seconds }: { sender: ShownSender; seconds: number }) {
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 1, color: 'warning.main' }}>
      <Icon name="warning" size={14} />
      {sender.lastSeen > 0 ? `not for ${duration(seconds)}` : 'not since the start'}
    </Box>
  );
}

function heardWords(sender: ShownSender, now: number): string {
  const seconds = Math.max(0, now / 1_000 - sender.lastSeen / 1e6);
  return seconds < 2 ? 'just now' : `${duration(seconds)} ago`;
}

function isRange(address: string): boolean {
  return /[/*]/.test(address);
}

function linkOf(sender: ShownSender): string {
  return searchLink({ q: addCondition('', 'log_sender_ip', sender.address, 'new'), range: { since: '-24h', until: null } });
}
