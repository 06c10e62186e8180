import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useId, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { ErrorNotice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { fonts } from '@/config/tokens';
import { counted } from '@/lib/format';
import type { IgnoredSenders } from '@/types/shapes';

import { ignoredQuery } from '../api/get-ignored';
import { useIgnoreSender } from '../api/ignore-sender';
import type { Deed } from '../deed';
import type { EngineFacts } from '../engine-facts';
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
  const ignored = names.flatMap((engine, place) => (known[place]?.ignored ?? []).map((address) => ({ engine, address })));
  return (
    <Box sx={{ display: 'grid', gap: 3, py: 3, maxWidth: 720 }}>
      {error === null ? null : <ErrorNotice error={error} />}
      {show.error === null ? null : <ErrorNotice error={show.error} />}
      {isPending ? <Waiting what="Asking who is ignored" /> : null}
      {!isPending && error === null && ignored.length === 0 ? <Typography variant="body2">Nobody is ignored.</Typography> : null}
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
    </Box>
  );
}

function combined(results: UseQueryResult<IgnoredSenders>[]) {
  return {
    known: results.map(({ data }) => data),
    isPending: results.some((each) => each.isPending),
    error: results.find((each) => each.error !== null)?.error ?? null,
  };
}
