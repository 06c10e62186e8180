import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import ToggleButton from '@mui/material/ToggleButton';
import ToggleButtonGroup from '@mui/material/ToggleButtonGroup';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { count } from '@/lib/format';
import type { Balance } from '@/lib/ledger';

import type { LedgerStep } from '../ledger-steps';
import { termsOf, verdictOf, type Reasons } from '../ledger-words';
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
        <Equation balance={balance} />
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

function Equation({ balance }: { balance: Balance | null }) {
  const shown = (value: number) => (balance === null ? '–' : count(value));
  const terms = balance === null ? EMPTY_TERMS : termsOf(balance);
  return (
    <Box component="dl" sx={{ m: 0, display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 3, alignItems: 'end' }}>
      <Term name="offered" value={shown(balance?.offered ?? 0)} isStrong />
      {terms.map(({ name, value }, place) => (
        <Term key={name} name={name} value={shown(value)} sign={place === 0 ? '=' : '+'} isStrong={value !== 0} />
      ))}
      <Unexplained value={balance?.unexplained ?? null} />
    </Box>
  );
}

const EMPTY_TERMS = ['stored', 'refused', 'empty', 'dropped', 'kernel', 'in flight'].map((name) => ({ name, value: 0 }));

function Term({ name, value, sign, isStrong }: { name: string; value: string; sign?: string; isStrong: boolean }) {
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: sign === undefined ? 'auto' : '20px auto', alignItems: 'end' }}>
      {sign === undefined ? null : (
        <Typography component="span" aria-hidden="true" sx={{ color: 'text.secondary', gridRow: '1 / 3', pb: '1px' }}>
          {sign}
        </Typography>
      )}
      <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>
        {name}
      </Typography>
      <Typography component="dd" sx={{ m: 0, fontSize: 16, fontWeight: isStrong ? 600 : 400 }}>
        {value}
      </Typography>
    </Box>
  );
}

/** The rest of the equation, which the engines count themselves: 0, or something is wrong. */
function Unexplained({ value }: { value: number | null }) {
  const isGood = value === 0;
  return (
    <Box sx={{ display: 'grid', pl: 3, borderLeft: 1, borderColor: 'divider' }}>
      <Typography component="dt" variant="body2" sx={{ color: 'text.secondary' }}>
        unexplained
      </Typography>
      <Typography
        component="dd"
        sx={{
          m: 0,
          fontSize: 16,
          fontWeight: 600,
          display: 'flex',
          alignItems: 'center',
          gap: 1,
          color: value === null ? 'text.secondary' : isGood ? 'success.main' : 'error.main',
        }}
      >
        {value === null ? '–' : count(value)}
        {value === null ? null : <Icon name={isGood ? 'check' : 'warning'} />}
      </Typography>
    </Box>
  );
}
