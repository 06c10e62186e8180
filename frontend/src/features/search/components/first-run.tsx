import Box from '@mui/material/Box';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { Link as RouterLink } from 'react-router';

import { DeviceSnippets } from '@/components/ui/device-snippets';
import { ErrorNotice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { useMe } from '@/hooks/use-session';
import { may } from '@/lib/rights';

import { enginesQuery } from '../api/get-engines';
import { portsOf } from '../ports';

/** Nothing is stored yet: how a first line gets here. It turns into rows by itself. */
export function FirstRun() {
  const engines = useQuery(enginesQuery);
  const ports = portsOf(engines.data ?? []);
  const first = ports[0];
  return (
    <Box sx={{ flex: 1, overflowY: 'auto', p: { xs: 4, sm: 6 }, bgcolor: 'background.paper' }}>
      <Box sx={{ display: 'grid', gap: 4, maxWidth: 820, minWidth: 0 }}>
        <Typography variant="h2">Nothing is stored yet</Typography>
        {engines.error === null ? null : <ErrorNotice error={engines.error} />}
        {first === undefined ? (
          engines.data === undefined ? null : <NoPort hasEngines={engines.data.length > 0} />
        ) : (
          <>
            <Typography>
              {ports.length === 1
                ? `Point a device at this server, UDP port ${first.port}. The engine ${first.engine} listens there.`
                : `Point a device at this server: ${ports.map(({ engine, port }) => `UDP port ${port} (${engine})`).join(', ')}.`}
            </Typography>
            <DeviceSnippets port={first.port} addresses={first.addresses} first="logger" />
            <Box sx={{ border: 1, borderColor: 'divider', borderRadius: 1 }}>
              <Waiting what="Waiting for the first line; it appears here by itself" />
            </Box>
            <NothingComes />
          </>
        )}
      </Box>
    </Box>
  );
}

function NothingComes() {
  return (
    <Typography variant="body2" sx={{ color: 'text.secondary' }}>
      A line was sent and nothing comes? The sender may not be allowed:{' '}
      <Link component={RouterLink} to="/clients">
        Clients
      </Link>{' '}
      shows who was refused.
    </Typography>
  );
}

function NoPort({ hasEngines }: { hasEngines: boolean }) {
  const me = useMe();
  if (hasEngines) return <Typography>No engine of yours is running. Once it runs, its port stands here.</Typography>;
  return (
    <Typography>
      No engine yet: an engine listens on a port and stores what it receives.{' '}
      {may(me, 'operate') ? (
        <Link component={RouterLink} to="/engines?new">
          Make one
        </Link>
      ) : (
        'An operator can make one.'
      )}
    </Typography>
  );
}
