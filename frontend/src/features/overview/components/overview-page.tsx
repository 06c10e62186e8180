import Box from '@mui/material/Box';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';

import { Notice } from '@/components/ui/notice';
import { Page } from '@/components/ui/page';
import { useMe } from '@/hooks/use-session';
import { may } from '@/lib/rights';

import { healthQuery } from '../api/get-health';
import { useEngines } from '../use-engines';
import { useFirstRun } from '../use-first-run';
import { useLedger } from '../use-ledger';
import { useSenders } from '../use-senders';
import { Attention } from './attention';
import { DiskPanel } from './disk-panel';
import { EnginesPanel } from './engines-panel';
import { FirstRun } from './first-run';
import { Freshness } from './freshness';
import { HealthPanel } from './health-panel';
import { LedgerPanel } from './ledger-panel';
import { RateCharts } from './rate-charts';
import { SendersPanel } from './senders-panel';
import { SeverityPanel } from './severity-panel';

const HEIGHTS_PX = { lists: 280, lower: 272 };

/** Is everything all right? */
export function OverviewPage() {
  const me = useMe();
  const isScoped = me.user.scope.engines.length + me.user.scope.clients.length > 0;
  const maySearch = may(me, 'search');
  const engines = useEngines();
  const ledger = useLedger(engines);
  const senders = useSenders(engines.now);
  const first = useFirstRun(engines, ledger.sinceStart);
  const health = useQuery({ ...healthQuery, enabled: !isScoped });
  const { range } = ledger;
  return (
    <Page title="Overview">
      {isScoped ? null : <Attention health={health.data} isKnown={health.error === null} />}
      <Freshness engines={engines} />
      {first.isShown ? (
        <FirstRun
          doors={first.doors}
          hasArrived={first.hasArrived}
          refused={first.refused}
          maySearch={maySearch}
          mayOperate={may(me, 'operate')}
        />
      ) : null}
      {engines.seesWhole ? (
        <>
          <LedgerPanel {...ledger} error={engines.error === null ? ledger.error : null} onRange={ledger.choose} />
          <RateCharts />
        </>
      ) : (
        <Notice kind="info" title="You see some clients of these engines.">
          What they send is under Senders; the ledger and the rates are of whole engines.
        </Notice>
      )}
      <Row columns={isScoped ? '5fr 4fr' : '5fr 4fr 4fr'}>
        <EnginesPanel lines={engines.lines} now={engines.now} height={HEIGHTS_PX.lists} />
        <SendersPanel senders={senders} now={engines.now} maySearch={maySearch} height={HEIGHTS_PX.lists} />
        {isScoped ? null : <DiskPanel isScoped={false} height={HEIGHTS_PX.lists} />}
      </Row>
      <Row columns={isScoped ? '5fr 4fr' : '5fr 8fr'}>
        <SeverityPanel
          maySearch={maySearch}
          since={range.since}
          sinceWords={range.key === 'day' ? 'last 24 h' : 'last hour'}
          height={HEIGHTS_PX.lower}
        />
        {isScoped ? (
          <DiskPanel isScoped height={HEIGHTS_PX.lower} />
        ) : (
          <HealthPanel health={health.data} error={health.error} height={HEIGHTS_PX.lower} />
        )}
      </Row>
    </Page>
  );
}

/** Panels side by side on a wide screen, one below the other else. */
function Row({ columns, children }: { columns: string; children: ReactNode }) {
  const wide = columns
    .split(' ')
    .map((each) => `minmax(0, ${each})`)
    .join(' ');
  return <Box sx={{ display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: wide } }}>{children}</Box>;
}
