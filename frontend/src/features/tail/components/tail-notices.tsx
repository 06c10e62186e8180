import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Link from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';

import { ErrorNotice, Notice, sentence } from '@/components/ui/notice';
import type { Connection } from '@/lib/live-socket';
import { searchLink } from '@/lib/search-address';
import { between } from '@/lib/time-range';

import type { TailAsked } from '../tail-address';
import type { TailState } from '../tail-feed';
import { gapWords } from '../words';

interface Props {
  state: TailState;
  connection: Connection;
  asked: TailAsked;
  error: Error | null;
  onAgain: () => void;
  onGapRead: () => void;
}

/** What is not as it should be, in words, and what to do. */
export function TailNotices({ state, connection, asked, error, onAgain, onGapRead }: Props) {
  const { gap } = state;
  const isOver = state.phase === 'ended' || state.phase === 'refused';
  return (
    <>
      {error === null ? null : <ErrorNotice error={error} />}
      {connection === 'lost' ? (
        <Notice kind="warning" title="The live connection is lost." announced>
          The rows below stay, and lines are received and stored all the same. It is tried again by itself, after 30 s at most; then
          this page says how many rows came meanwhile.
        </Notice>
      ) : null}
      {gap === null ? null : (
        <Notice kind="warning" title={gapWords(gap)} announced>
          They are stored, and do not come by themselves.{' '}
          <Link
            component={RouterLink}
            to={searchLink({ q: asked.q, engines: asked.engines, classes: asked.classes, range: between(gap.sinceUs, gap.untilUs) })}
          >
            Search for them
          </Link>
          <Button size="small" color="inherit" aria-label="Close this notice" onClick={onGapRead} sx={{ ml: 2 }}>
            Close
          </Button>
        </Notice>
      )}
      {isOver && state.error !== null ? (
        <Notice kind="bad" title={sentence(state.error.message)} announced>
          {state.error.hint === null ? null : <span>{sentence(state.error.hint)} </span>}
          The rows below stay.
          <Box sx={{ mt: 1 }}>
            <Button size="small" onClick={onAgain}>
              Begin again
            </Button>
          </Box>
        </Notice>
      ) : null}
      {state.trouble === null ? null : (
        <Notice kind="warning" title={sentence(state.trouble)}>
          It is asked again by itself.
        </Notice>
      )}
    </>
  );
}
