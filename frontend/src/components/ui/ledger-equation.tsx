import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { count } from '@/lib/format';
import { NOTHING, type Balance } from '@/lib/ledger';
import { termsOf } from '@/lib/ledger-words';

import { Icon } from './icon';

/** Offered = stored + refused + …, and apart from it what is unexplained. null: not known yet. */
export function LedgerEquation({ balance }: { balance: Balance | null }) {
  const shown = (value: number) => (balance === null ? '–' : count(value));
  const { offered } = balance ?? NOTHING;
  return (
    <Box component="dl" sx={{ m: 0, display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 3, alignItems: 'end' }}>
      <Term name="offered" value={shown(offered)} isStrong />
      {termsOf(balance ?? NOTHING).map(({ name, value }, place) => (
        <Term key={name} name={name} value={shown(value)} sign={place === 0 ? '=' : '+'} isStrong={value !== 0} />
      ))}
      <Unexplained value={balance?.unexplained ?? null} />
    </Box>
  );
}

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
