import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { count } from '@/lib/format';
import type { Ledger } from '@/types/shapes';

import { termsOf, verdictOf } from '../ledger-words';

interface Props {
  /** null: it does not run, and counts begin when it starts. */
  ledger: Ledger | null;
  state: string;
}

/** What became of every message since this engine started: the sum, and what it means. */
export function LedgerPanel({ ledger, state }: Props) {
  if (ledger === null) {
    return (
      <Panel title="Ledger">
        <Typography sx={{ p: 4, color: 'text.secondary' }}>
          It is {state}: nothing is counted. Its counts begin anew when it starts; those of before are in the overview.
        </Typography>
      </Panel>
    );
  }
  const verdict = verdictOf(ledger);
  return (
    <Panel title="Ledger" aside="since it started">
      <Box sx={{ p: 4, display: 'grid', gap: 4 }}>
        <Notice kind={verdict.kind} title={verdict.title}>
          {verdict.more}
        </Notice>
        <Box component="dl" sx={{ m: 0, display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 3, alignItems: 'end' }}>
          {termsOf(ledger).map(({ name, value }, place) => (
            <Term key={name} name={name} value={value} sign={SIGNS[place] ?? '+'} />
          ))}
        </Box>
      </Box>
    </Panel>
  );
}

const SIGNS = ['', '='];

function Term({ name, value, sign }: { name: string; value: number; sign: string }) {
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: sign === '' ? 'auto' : '20px auto', alignItems: 'end' }}>
      {sign === '' ? null : (
        <Typography component="span" aria-hidden="true" sx={{ color: 'text.secondary', gridRow: '1 / 3', pb: '1px' }}>
          {sign}
        </Typography>
      )}
      <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>
        {name}
      </Typography>
      <Typography component="dd" sx={{ m: 0, fontSize: 16, fontWeight: value === 0 ? 400 : 600 }}>
        {count(value)}
      </Typography>
    </Box>
  );
}
