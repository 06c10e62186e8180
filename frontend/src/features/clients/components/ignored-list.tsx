import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useId, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { ErrorNotice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { fonts } from '@/config/tokens';
import { counted } from '@/lib/format';
import { readAddress } from '@/lib/ip-address';

import { ignoredQuery } from '../api/get-ignored';
import { useIgnoreSender } from '../api/ignore-sender';
import type { Deed } from '../deed';
import type { EngineFacts } from '../engine-facts';
import type { IgnoredKnown } from '../ignored';
import { shownWords } from '../words';

interface Props {
  engines: readonly EngineFacts[];
  /** null: all engines. */
  chosen: string | null;
  onDone: (deed: Deed) => void;
}

/** Who is not shown among the unknown senders any more; asked for only when somebody looks. */
export function IgnoredList({ engines, chosen, onDone }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  const names = engines.filter((each) => each.whole !== null && (chosen === null || each.name === chosen)).map((each) => each.name);
  if (names.length === 0) return null;
  return (
    <Box>
      <Button
        size="small"
        color="inherit"
        aria-expanded={isOpen}
        aria-controls={id}
        startIcon={<Icon name={isOpen ? 'down' : 'right'} size={16} />}
        onClick={() => setIsOpen(!isOpen)}
      >
        Ignored senders
      </Button>
      <Box id={id} hidden={!isOpen}>
        {isOpen ? <Ignored names={names} onDone={onDone} /> : null}
      </Box>
    </Box>
  );
}

function Ignored({ names, onDone }: { names: readonly string[]; onDone: (deed: Deed) => void }) {
  const { known, isPending, error } = useQueries({ queries: names.map(ignoredQuery), combine: combined });
  const show = useIgnoreSender();
  const again = (engine: string, address: string) =>
    show.mutate({ engine, address, ignore: false }, { onSuccess: () => onDone({ words: shownWords(address) }) });
  const ignored = names.flatMap((engine, place) => (known[place]?.addresses ?? []).map((address) => ({ engine, address })));
  const partly = names.filter((_, place) => known[place]?.isWhole === false);
  return (
    <Box sx={{ display: 'grid', gap: 3, py: 3, maxWidth: 720 }}>
      {error === null ? null : <ErrorNotice error={error} />}
      {show.error === null ? null : <ErrorNotice error={show.error} />}
      {isPending ? <Waiting what="Looking through the events" /> : null}
      {!isPending && ignored.length === 0 ? <Typography variant="body2">Nobody is ignored.</Typography> : null}
      {ignored.length === 0 ? null : (
        <Box component="ul" aria-label={counted(ignored.length, 'ignored sender')} sx={{ m: 0, p: 0, listStyle: 'none' }}>
          {ignored.map(({ engine, address }) => (
            <Box
              component="li"
              key={`${engine}/${address}`}
              sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 3, py: 1, borderBottom: 1, borderColor: 'divider' }}
            >
              <Box component="span" sx={{ fontFamily: fonts.lines, overflowWrap: 'anywhere' }}>
                {address}
              </Box>
              {names.length > 1 ? <span>at {engine}</span> : null}
              <Button
                size="small"
                sx={{ ml: 'auto' }}
                disabled={show.isPending}
                aria-label={`Show ${address} again`}
                onClick={() => again(engine, address)}
              >
                Show again
              </Button>
            </Box>
          ))}
        </Box>
      )}
      {partly.map((engine) => (
        <ByHand key={engine} engine={engine} isBusy={show.isPending} onShow={(address) => again(engine, address)} />
      ))}
    </Box>
  );
}

/** Of an engine with so many events that the oldest were not looked at. */
function ByHand({ engine, isBusy, onShow }: { engine: string; isBusy: boolean; onShow: (address: string) => void }) {
  const [address, setAddress] = useState('');
  return (
    <Box
      component="form"
      onSubmit={(event) => {
        event.preventDefault();
        onShow(address.trim());
      }}
      sx={{ display: 'grid', gap: 2 }}
    >
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        Only the newest events of {engine} were looked through. Who was ignored before them is shown again by its address:
      </Typography>
      <Box sx={{ display: 'flex', gap: 2 }}>
        <TextField
          label={`Address at ${engine}`}
          value={address}
          onChange={(event) => setAddress(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 100, autoCapitalize: 'none', spellCheck: false } }}
        />
        <Button type="submit" disabled={isBusy || readAddress(address.trim()) === null} sx={{ flex: 'none' }}>
          Show again
        </Button>
      </Box>
    </Box>
  );
}

function combined(results: UseQueryResult<IgnoredKnown>[]) {
  return {
    known: results.map(({ data }) => data),
    isPending: results.some((each) => each.isPending),
    error: results.find((each) => each.error !== null)?.error ?? null,
  };
}
