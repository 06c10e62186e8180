import Box from '@mui/material/Box';
import CircularProgress from '@mui/material/CircularProgress';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { DeviceSnippets } from '@/components/ui/device-snippets';
import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import { Severity } from '@/components/ui/severity';
import { Snippet } from '@/components/ui/snippet';
import { fonts } from '@/config/tokens';
import { useZone } from '@/hooks/use-zone';
import { count } from '@/lib/format';
import { rowsOf } from '@/lib/rows';
import { searchLink } from '@/lib/search-address';
import { severityOf } from '@/lib/severity';
import { likelyHost, loggerLine, UNKNOWN_HOST } from '@/lib/snippets';
import { visibleText } from '@/lib/visible-text';
import { momentWords } from '@/lib/zone';

import { firstRowQuery } from '../api/get-first-row';
import { portWords, type Door } from '../first-run';
import { PanelLink } from './panel-link';

interface Props {
  doors: readonly Door[];
  hasArrived: boolean;
  /** Messages that came from nobody's client. */
  refused: number;
  maySearch: boolean;
  mayOperate: boolean;
}

/** Until the first row: what to do. Then: the row. */
export function FirstRun({ doors, hasArrived, refused, maySearch, mayOperate }: Props) {
  const listening = doors.filter((door) => door.isListening);
  return (
    <Panel title="First row">
      <Box sx={{ p: 4, display: 'grid', gap: 4, minWidth: 0 }}>
        {hasArrived ? (
          <Arrived maySearch={maySearch} />
        ) : (
          <>
            <Waits refused={refused} mayOperate={mayOperate} />
            {listening.length === 0 ? <NoDoor hasEngines={doors.length > 0} /> : <Manual doors={listening} />}
          </>
        )}
      </Box>
    </Panel>
  );
}

function Waits({ refused, mayOperate }: { refused: number; mayOperate: boolean }) {
  return (
    <Box>
      <Box role="status" sx={{ display: 'flex', gap: 3, alignItems: 'center' }}>
        <CircularProgress size={18} color="inherit" aria-hidden="true" />
        <Typography>Waiting for the first row. It appears here by itself.</Typography>
      </Box>
      {refused === 0 ? null : (
        <Typography sx={{ mt: 2, color: 'warning.main' }}>
          {`${count(refused)} refused: their sender is no client of the engine. `}
          {mayOperate ? <PanelLink to="/clients">Allow it on the Clients page</PanelLink> : 'An operator can allow it.'}
        </Typography>
      )}
    </Box>
  );
}

function NoDoor({ hasEngines }: { hasEngines: boolean }) {
  return (
    <Typography>
      {hasEngines ? 'No engine is running, so nothing can be received. ' : 'There is no engine yet that could receive anything. '}
      <PanelLink to={hasEngines ? '/engines' : '/engines?new'}>{hasEngines ? 'Start one' : 'Make one'}</PanelLink>
    </Typography>
  );
}

const SHOWN_PORTS = 3;

function Manual({ doors }: { doors: readonly Door[] }) {
  const [name, setName] = useState(doors[0]?.name ?? '');
  const chosen = doors.find((door) => door.name === name) ?? doors[0];
  if (chosen === undefined) return null;
  const host = likelyHost(window.location.hostname, chosen.addresses);
  const where = host === UNKNOWN_HOST ? 'this server' : host;
  return (
    <Box sx={{ display: 'grid', gap: 3, minWidth: 0 }}>
      <Typography sx={{ fontWeight: 600 }}>{`Point a device at ${where}, UDP ${portWords(doors.slice(0, SHOWN_PORTS))}.`}</Typography>
      {doors.length === 1 ? null : (
        <TextField select label="Engine" value={chosen.name} onChange={(event) => setName(event.target.value)} sx={{ maxWidth: 280 }}>
          {doors.map((door) => (
            <MenuItem key={door.name} value={door.name}>
              {`${door.name}, port ${door.port}`}
            </MenuItem>
          ))}
        </TextField>
      )}
      <Snippet
        label="Try it on this server itself"
        where="Paste into a shell here: it sends a single line."
        text={loggerLine({ host: '127.0.0.1', port: chosen.port })}
      />
      <DeviceSnippets key={chosen.name} port={chosen.port} addresses={chosen.addresses} />
    </Box>
  );
}

function Arrived({ maySearch }: { maySearch: boolean }) {
  return (
    <Box role="status" sx={{ display: 'grid', gap: 3, minWidth: 0 }}>
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'center', color: 'success.main' }}>
        <Icon name="check" />
        <Typography sx={{ fontWeight: 600 }}>The first row has arrived and is stored.</Typography>
      </Box>
      {maySearch ? <TheRow /> : null}
    </Box>
  );
}

/** As text, whatever is in it. */
function TheRow() {
  const { data } = useQuery(firstRowQuery);
  const zone = useZone() ?? 'UTC';
  const [row] = rowsOf(data?.rows ?? []);
  if (row === undefined) return <Typography sx={{ color: 'text.secondary' }}>Reading it.</Typography>;
  const line = row.values['original_log'] ?? Object.values(row.values).join(' ');
  const severity = severityOf(row.values['severity']);
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 4, rowGap: 1 }}>
        <span>{momentWords(row.receivedAt / 1_000, zone)}</span>
        <span>{visibleText(String(row.values['log_sender_ip'] ?? ''))}</span>
        {severity === null ? null : <Severity code={severity} />}
      </Box>
      <Box sx={{ fontFamily: fonts.lines, fontSize: 13, overflowWrap: 'anywhere', maxHeight: 120, overflow: 'hidden' }}>
        {visibleText(String(line))}
      </Box>
      <span>
        <PanelLink to={searchLink({ row: row.id })}>Open it in Search</PanelLink>
      </span>
    </>
  );
}
