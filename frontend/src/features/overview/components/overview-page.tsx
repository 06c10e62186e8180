import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';

import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Page } from '@/components/ui/page';
import { Waiting } from '@/components/ui/waiting';
import { useConnection, useEngineFeed } from '@/hooks/use-live';
import { balanceOf, sumOf } from '@/lib/ledger';

import { enginesQuery } from '../api/get-engines';
import { ledgerQuery } from '../api/get-ledger';
import { engineLines } from '../engine-lines';
import { EnginesPanel } from './engines-panel';
import { LedgerPanel } from './ledger-panel';

/** Is everything all right? */
export function OverviewPage() {
  const { connection } = useConnection();
  const feed = useEngineFeed();
  // While the live connection tells it every second, nothing is asked for again.
  const isLive = connection === 'live' && feed.engines !== null && feed.trouble === null;
  const again = isLive ? { refetchInterval: false as const } : {};
  const engines = useQuery({ ...enginesQuery, ...again });
  const ledger = useQuery({ ...ledgerQuery, ...again });

  const live = isLive ? feed.engines : null;
  const balance = live === null ? (ledger.data ? balanceOf(ledger.data.total) : null) : liveBalance(live);
  const error = live === null ? (engines.error ?? ledger.error) : null;
  return (
    <Page title="Overview">
      {feed.trouble === null || error !== null ? null : (
        <Notice kind="warning" title="The engines do not tell how they are." announced>
          {feed.trouble} The figures below are asked for every 5 s.
        </Notice>
      )}
      {error === null ? null : <ErrorNotice error={error} />}
      {balance === null ? null : <LedgerPanel balance={balance} />}
      {engines.data === undefined && live === null ? (
        <Box>{engines.isPending ? <Waiting what="Asking for the engines" /> : null}</Box>
      ) : (
        <EnginesPanel lines={engineLines(engines.data ?? [], live)} now={nowOf(feed.history.at(-1)?.at, engines.dataUpdatedAt)} />
      )}
    </Page>
  );
}

function liveBalance(engines: NonNullable<ReturnType<typeof useEngineFeed>['engines']>) {
  return sumOf(
    Object.values(engines).flatMap((each) => (each.whole && each.ledger ? [balanceOf(each.ledger)] : [])),
  );
}

/** The moment that the figures are of. */
function nowOf(told: number | undefined, asked: number): number {
  return Math.max(told ?? 0, asked);
}
