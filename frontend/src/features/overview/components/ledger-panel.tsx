import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { Fragment } from 'react';

import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { count } from '@/lib/format';
import type { Balance } from '@/lib/ledger';

import { verdictOf } from '../words';

/** Offered = stored + refused + ...: the sum, and what it means. */
export function LedgerPanel({ balance }: { balance: Balance }) {
  const verdict = verdictOf(balance);
  const terms: [string, number][] = [
    ['stored', balance.stored],
    ['refused', balance.refused],
    ['empty', balance.empty],
    ['dropped', balance.dropped],
    ['kernel', balance.kernel],
    ['in flight', balance.inFlight],
    ['unexplained', balance.unexplained],
  ];
  return (
    <Panel title="Ledger" aside="since each engine started">
      <Box sx={{ p: 4, display: 'grid', gap: 4 }}>
        <Notice kind={verdict.kind} title={verdict.title}>
          {verdict.more}
        </Notice>
        <Box component="dl" sx={{ m: 0, display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 3, alignItems: 'end' }}>
          <Term name="offered" value={balance.offered} />
          {terms.map(([name, value], place) => (
            <Fragment key={name}>
              <Term name={name} value={value} sign={place === 0 ? '=' : '+'} />
            </Fragment>
          ))}
        </Box>
      </Box>
    </Panel>
  );
}

function Term({ name, value, sign }: { name: string; value: number; sign?: string }) {
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
      <Typography component="dd" sx={{ m: 0, fontSize: 16, fontWeight: value === 0 ? 400 : 600 }}>
        {count(value)}
      </Typography>
    </Box>
  );
}
