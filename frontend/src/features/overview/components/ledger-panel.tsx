import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import { LedgerEquation } from '@/components/ui/ledger-equation';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import type { Balance } from '@/lib/ledger';
import { verdictOf, type Reasons } from '@/lib/ledger-words';

import type { LedgerStep } from '../ledger-steps';
import { RANGES, type LedgerRange, type RangeKey } from '../ranges';
import { LedgerStrip } from './ledger-strip';
import { LedgerTable } from './ledger-table';

interface Props {
  /** null: not known yet. */
  balance: Balance | null;
  reasons: Reasons;
  /** null: not known yet, or not for this person. */
  steps: LedgerStep[] | null;
  range: LedgerRange;
  onRange: (key: RangeKey) => void;
  error: Error | null;
}

/** Offered = stored + refused + …: the sum, what it means, and the same by the minute. */
export function LedgerPanel({ balance, reasons, steps, range, onRange, error }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const id = useId();
  return (
    <Panel title="Ledger" aside={<RangeChoice chosen={range.key} onChoose={onRange} />}>
      <Box sx={{ p: 4, display: 'grid', gap: 4 }}>
        {error === null ? null : <ErrorNotice error={error} />}
        <Verdict balance={balance} reasons={reasons} />
        <LedgerEquation balance={balance} />
        <Box>
          <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 3, mb: 1 }}>
            <Typography variant="body2" sx={{ color: 'text.secondary' }}>
              {`By ${range.stepWords}, ${range.key === 'day' ? 'last 24 h' : 'last hour'}`}
            </Typography>
            <Button size="small" aria-expanded={isOpen} aria-controls={id} onClick={() => setIsOpen(!isOpen)}>
              {isOpen ? 'Hide the figures' : 'Show the figures'}
            </Button>
          </Box>
          <LedgerStrip steps={steps} stepWords={range.stepWords} />
        </Box>
      </Box>
      <Box id={id}>{isOpen && steps !== null ? <LedgerTable steps={steps} stepWords={range.stepWords} /> : null}</Box>
    </Panel>
  );
}

function RangeChoice({ chosen, onChoose }: { chosen: RangeKey; onChoose: (key: RangeKey) => void }) {
  return (
    <ToggleButtonGroup
      exclusive
      size="small"
      aria-label="Time of the ledger"
      value={chosen}
      onChange={(_, key: RangeKey | null) => {
        if (key !== null) onChoose(key);
      }}
    >
      {RANGES.map((each) => (
        <ToggleButton key={each.key} value={each.key} sx={{ py: '2px', px: 2, fontSize: 13, textTransform: 'none', minHeight: 28 }}>
          {each.words}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}

/** As high with any words, on a wide screen at least: what is below does not move. */
function Verdict({ balance, reasons }: { balance: Balance | null; reasons: Reasons }) {
  const verdict =
    balance === null
      ? { kind: 'info' as const, title: 'Asking for the ledger.', more: 'Messages are received and stored meanwhile.' }
      : verdictOf(balance, reasons);
  return (
    <Notice kind={verdict.kind} title={verdict.title}>
      {verdict.more}
    </Notice>
  );
}
