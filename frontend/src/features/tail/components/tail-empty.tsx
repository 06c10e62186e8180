import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import CircularProgress from '@mui/material/CircularProgress';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';
import { Link as RouterLink } from 'react-router';

import { DeviceSnippets } from '@/components/ui/device-snippets';
import { useEngineFeed } from '@/hooks/use-live';

import type { TailState } from '../tail-feed';

interface Props {
  state: TailState;
  /** The query cannot be read. */
  isWrong: boolean;
  hasConditions: boolean;
  onEverything: () => void;
}

/** Nothing yet: what makes the first row come. It goes by itself with that row. */
export function TailEmpty({ state, isWrong, hasConditions, onEverything }: Props) {
  if (state.phase === 'ended' || state.phase === 'refused') return <Box sx={{ flex: 1 }} />;
  if (isWrong) {
    return (
      <Box sx={{ flex: 1, p: { xs: 3, sm: 6 } }}>
        <Quiet>Nothing is followed: the query above cannot be read. Once it can, lines that match appear here by themselves.</Quiet>
      </Box>
    );
  }
  return (
    <Box sx={{ flex: 1, minWidth: 0, overflowY: 'auto', p: { xs: 3, sm: 6 } }}>
      <Box sx={{ maxWidth: 720, display: 'grid', gap: 4, gridTemplateColumns: 'minmax(0, 1fr)' }}>
        <Box sx={{ display: 'flex', gap: 3, alignItems: 'center' }}>
          <CircularProgress size={16} color="inherit" aria-hidden="true" />
          <Typography component="p" role="status" sx={{ fontWeight: 600 }}>
            {hasConditions ? 'No line that matches has arrived yet.' : 'No line has arrived yet.'}
          </Typography>
        </Box>
        {hasConditions ? <Narrow onEverything={onEverything} /> : <HowToSend />}
      </Box>
    </Box>
  );
}

function Narrow({ onEverything }: { onEverything: () => void }) {
  return (
    <Box>
      <Quiet>Lines that match appear here by themselves, from now on. What is stored already is found by a search.</Quiet>
      <Button size="small" variant="outlined" sx={{ mt: 2 }} onClick={onEverything}>
        Show every line
      </Button>
    </Box>
  );
}

function HowToSend() {
  const { engines } = useEngineFeed();
  const listening = Object.values(engines ?? {}).flatMap((each) => (each.whole && each.state === 'running' ? [each] : []));
  const [first] = listening;
  if (first === undefined) {
    return (
      <Quiet>
        Lines appear here by themselves. An engine has to run for that, and a device has to send to its port:{' '}
        <Link component={RouterLink} to="/engines">
          Engines
        </Link>
        .
      </Quiet>
    );
  }
  return (
    <>
      <Quiet>
        Lines appear here by themselves, from now on. Point a device at port {first.port}, where the engine {first.engine} listens; its
        address has to be one of the engine&apos;s clients.
      </Quiet>
      <DeviceSnippets port={first.port} addresses={first.settings.addresses} first="logger" />
    </>
  );
}

function Quiet({ children }: { children: ReactNode }) {
  return (
    <Typography variant="body2" sx={{ color: 'text.secondary' }}>
      {children}
    </Typography>
  );
}
