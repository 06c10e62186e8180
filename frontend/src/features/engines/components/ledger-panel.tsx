import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { LedgerEquation } from '@/components/ui/ledger-equation';
import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { balanceOf } from '@/lib/ledger';
import { verdictOf } from '@/lib/ledger-words';
import type { Ledger } from '@/types/shapes';

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
  const balance = balanceOf(ledger);
  const verdict = verdictOf(balance, ledger.dropped, ledger.truncated);
  return (
    <Panel title="Ledger" aside="since it started">
      <Box sx={{ p: 4, display: 'grid', gap: 4 }}>
        <Notice kind={verdict.kind} title={verdict.title}>
          {verdict.more}
        </Notice>
        <LedgerEquation balance={balance} />
      </Box>
    </Panel>
  );
}
