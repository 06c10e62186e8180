import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

import { ErrorNotice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { fonts } from '@/config/tokens';
import { duration } from '@/lib/format';
import { visibleText } from '@/lib/visible-text';
import type { EngineStatus } from '@/types/shapes';

import { useReleaseField } from '../api/release-field';
import type { Rights } from '../deeds';
import { useNow } from '@/hooks/use-now';
import { parkedOf, type Parked } from '../parked';

const EVERY_10_S = 10_000;

interface Props {
  engine: EngineStatus;
  rights: Rights;
}

/** Patterns that took too long and are not searched any more, with the line they were at. */
export function ParkedPanel({ engine, rights }: Props) {
  const release = useReleaseField(engine.engine);
  const now = useNow(EVERY_10_S);
  const parked = parkedOf(engine.fields ?? []);
  if (parked.length === 0) return null;
  return (
    <Panel title="Parked patterns" aside="their field stays empty, every line is stored">
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {parked.map((each) => (
          <Box component="li" key={each.field} sx={{ p: 4, '& + &': { borderTop: 1, borderColor: 'divider' } }}>
            <ParkedField parked={each} now={now} mayRead={rights.mayRead}>
              {rights.mayOperate ? (
                <Button
                  size="small"
                  variant="outlined"
                  aria-label={`Release ${each.field}`}
                  loading={release.isPending && release.variables === each.field}
                  onClick={() => release.mutate(each.field)}
                >
                  Release
                </Button>
              ) : null}
            </ParkedField>
          </Box>
        ))}
      </Box>
      {release.error === null ? null : (
        <Box sx={{ p: 4, pt: 0 }}>
          <ErrorNotice error={release.error} />
        </Box>
      )}
    </Panel>
  );
}

interface FieldProps {
  parked: Parked;
  now: number;
  mayRead: boolean;
  children: ReactNode;
}

function ParkedField({ parked, now, mayRead, children }: FieldProps) {
  return (
    <Box sx={{ display: 'grid', gap: 2 }}>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, alignItems: 'center', justifyContent: 'space-between' }}>
        <Typography>
          <b>{parked.field}</b>, for {duration(now / 1_000 - parked.since)}: {parked.why}
        </Typography>
        {children}
      </Box>
      <Line title="Pattern" text={parked.pattern} />
      {parked.line === null ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          {mayRead ? 'The line it was at is not known.' : 'The line it was at is for people who may read logs.'}
        </Typography>
      ) : (
        <Line title="Line it was at" text={visibleText(parked.line)} />
      )}
      {children === null ? null : (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          Change the pattern in its class, or release it: if it takes too long again, it is parked again.
        </Typography>
      )}
    </Box>
  );
}

/** Long ones scroll down inside their box and never make the page wider. */
function Line({ title, text }: { title: string; text: string }) {
  return (
    <Box>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        {title}
      </Typography>
      <Box
        component="pre"
        tabIndex={0}
        role="group"
        aria-label={title}
        sx={{
          m: 0,
          p: 2,
          maxHeight: 120,
          overflow: 'auto',
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          bgcolor: 'background.default',
          fontFamily: fonts.lines,
          fontSize: 13,
          whiteSpace: 'pre-wrap',
          overflowWrap: 'anywhere',
        }}
      >
        {text}
      </Box>
    </Box>
  );
}
