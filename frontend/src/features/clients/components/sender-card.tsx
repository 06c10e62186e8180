import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';

import { ErrorNotice } from '@/components/ui/notice';
import { fonts } from '@/config/tokens';
import { counted, duration } from '@/lib/format';

import { useAllowSender } from '../api/allow-sender';
import { useIgnoreSender } from '../api/ignore-sender';
import { useRemoveClient } from '../api/remove-client';
import { secondsSince } from '../clients';
import type { Deed } from '../deed';
import type { EngineFacts } from '../engine-facts';
import { betterEngines, guessWords, otherRates, suggestedName, type Waiting } from '../senders';
import { allowedWords, ignoredWords, refusedAgainWords, shownWords } from '../words';
import { Moment } from './heard';
import { SampleLines } from './sample-lines';

interface Props {
  waiting: Waiting;
  engines: readonly EngineFacts[];
  namesEngine: boolean;
  now: number;
  /** More than one click: another engine, range or name. */
  onOpen: () => void;
  onDone: (deed: Deed) => void;
}

/** One unknown sender: what is known of it, and what can be done. */
export function SenderCard({ waiting, engines, namesEngine, now, onOpen, onDone }: Props) {
  const { engine, sender } = waiting;
  const allow = useAllowSender();
  const ignore = useIgnoreSender();
  const remove = useRemoveClient();
  const taken = engines.find((each) => each.name === engine)?.whole?.clients ?? [];
  const name = suggestedName(
    sender,
    taken.map((each) => each.name),
  );
  const isBusy = allow.isPending || ignore.isPending;
  const undoAllow = async (): Promise<Deed> => {
    await remove.mutateAsync({ engine, name });
    return { words: refusedAgainWords(name) };
  };
  const undoIgnore = async (): Promise<Deed> => {
    await ignore.mutateAsync({ engine, address: sender.address, ignore: false });
    return { words: shownWords(sender.address) };
  };
  // Awaited and not called back: the card is gone by the time that it is done. What fails is shown below.
  const letIn = () =>
    allow
      .mutateAsync({ engine, address: sender.address, name })
      .then(() => onDone({ words: allowedWords(engine, name), undo: undoAllow }), nothing);
  const pass = () =>
    ignore
      .mutateAsync({ engine, address: sender.address, ignore: true })
      .then(() => onDone({ words: ignoredWords(sender.address), undo: undoIgnore }), nothing);
  const error = allow.error ?? ignore.error;
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gap: 2,
        p: 4,
        minWidth: 0,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', md: 'minmax(0, 1fr) auto' },
        borderTop: 1,
        borderColor: 'divider',
        '&:first-of-type': { borderTop: 0 },
      }}
    >
      <Box sx={{ display: 'grid', gap: 1, minWidth: 0, alignContent: 'start' }}>
        <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 3 }}>
          <Typography component="h3" sx={{ fontFamily: fonts.lines, fontSize: 14, fontWeight: 600, overflowWrap: 'anywhere' }}>
            {sender.address}
          </Typography>
          {namesEngine ? <span>at {engine}</span> : null}
          <Typography variant="body2" component="span" sx={{ color: 'text.secondary' }}>
            {counted(sender.refused, 'message')} refused · last heard {ago(sender.last_seen, now)}{' '}
            <Moment us={sender.last_seen} />
            {sender.first_seen === sender.last_seen ? null : ` · first heard ${ago(sender.first_seen, now)}`}
          </Typography>
        </Box>
        <Guess waiting={waiting} engines={engines} />
      </Box>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignContent: 'start', justifyContent: { md: 'end' } }}>
        <Button
          size="small"
          variant="contained"
          loading={allow.isPending}
          disabled={isBusy}
          aria-label={`Allow ${sender.address} as ${name}`}
          onClick={() => void letIn()}
          sx={{ maxWidth: '100%', overflowWrap: 'anywhere' }}
        >
          {name === sender.address ? 'Allow' : `Allow as ${name}`}
        </Button>
        <Button size="small" disabled={isBusy} aria-label={`Allow ${sender.address} otherwise`} onClick={onOpen}>
          Otherwise…
        </Button>
        <Button
          size="small"
          color="inherit"
          loading={ignore.isPending}
          disabled={isBusy}
          aria-label={`Ignore ${sender.address}`}
          onClick={() => void pass()}
        >
          Ignore
        </Button>
      </Box>
      <SampleLines address={sender.address} lines={sender.samples} />
      {error === null ? null : (
        <Box sx={{ gridColumn: '1 / -1' }}>
          <ErrorNotice error={error} />
        </Box>
      )}
    </Box>
  );
}

const nothing = () => undefined;

function ago(us: number, now: number): string {
  return `${duration(secondsSince(us, now))} ago`;
}

function Guess({ waiting, engines }: { waiting: Waiting; engines: readonly EngineFacts[] }) {
  const others = otherRates(waiting.sender);
  const classes = engines.flatMap(({ name, whole }) =>
    whole === null ? [] : [{ engine: name, logClass: whole.logClass, port: whole.port }],
  );
  const [better] = betterEngines(waiting, classes);
  const own = classes.find((each) => each.engine === waiting.engine);
  return (
    <Typography variant="body2">
      {guessWords(waiting.sender)}
      {others === '' ? null : (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {' '}
          Also: {others}.
        </Box>
      )}
      {better === undefined ? null : (
        <Box component="span" sx={{ color: 'text.secondary' }}>
          {' '}
          {waiting.engine} has the class {own?.logClass ?? 'of its own'}; {better.engine} on port {better.port} has{' '}
          {better.logClass}.
        </Box>
      )}
    </Typography>
  );
}
