import Box from '@mui/material/Box';
import Tab from '@mui/material/Tab';
import Tabs from '@mui/material/Tabs';
import { useState } from 'react';

import { ErrorNotice } from '@/components/ui/notice';
import { Page } from '@/components/ui/page';
import { Waiting } from '@/components/ui/waiting';
import { useMe } from '@/hooks/use-session';
import { count } from '@/lib/format';
import { may } from '@/lib/rights';
import type { Me } from '@/types/shapes';

import type { Deed } from '../deed';
import type { View } from '../place';
import { useEngines } from '../use-engines';
import { usePlace } from '../use-place';
import { useWaiting } from '../use-waiting';
import { AllowedView } from './allowed-view';
import { Done } from './done';
import { NoEngines } from './no-engines';
import { PlaceBar } from './place-bar';
import { UnknownView } from './unknown-view';

/** Who may send, and who sends without. */
export function ClientsPage() {
  const me = useMe();
  const [place, go] = usePlace();
  const engines = useEngines();
  const seesUnknown = may(me, 'operate') && !isScoped(me);
  const view = seesUnknown ? place.view : 'allowed';
  const unknown = useWaiting({ engines, chosen: place.engine, isAllowed: seesUnknown, isOpen: view === 'unknown' });
  const [deed, setDeed] = useState<Deed | null>(null);
  if (engines.isPending) {
    return (
      <Page title="Clients">
        <Waiting what="Asking for the clients" />
      </Page>
    );
  }
  return (
    <Page title="Clients">
      {engines.error === null ? null : <ErrorNotice error={engines.error} />}
      {engines.facts.length === 0 && engines.error === null ? <NoEngines /> : null}
      {engines.facts.length === 0 ? null : (
        <>
          <PlaceBar engines={engines.facts} place={place} onGo={go} />
          {seesUnknown ? <Views view={view} waiting={unknown.waiting.length} onView={(chosen) => go({ view: chosen })} /> : null}
          <Done deed={deed} onDeed={setDeed} />
          <Box
            {...(seesUnknown ? { role: 'tabpanel', id: 'clients-view', 'aria-labelledby': `clients-tab-${view}` } : {})}
            sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 4 }}
          >
            {view === 'allowed' ? (
              <AllowedView engines={engines} place={place} onGo={go} onDone={setDeed} />
            ) : (
              <UnknownView engines={engines} unknown={unknown} place={place} onGo={go} onDone={setDeed} />
            )}
          </Box>
        </>
      )}
    </Page>
  );
}

function isScoped({ user: { scope } }: Me): boolean {
  return scope.engines.length > 0 || scope.clients.length > 0;
}

function Views({ view, waiting, onView }: { view: View; waiting: number; onView: (view: View) => void }) {
  return (
    <Tabs
      value={view}
      onChange={(_, chosen: View) => onView(chosen)}
      aria-label="Which senders"
      sx={{ borderBottom: 1, borderColor: 'divider', minHeight: 40, '& .MuiTab-root': { minHeight: 40 } }}
    >
      <Tab value="allowed" id="clients-tab-allowed" aria-controls="clients-view" label="Allowed" />
      <Tab
        value="unknown"
        id="clients-tab-unknown"
        aria-controls="clients-view"
        label={
          <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 2 }}>
            Unknown senders
            {waiting === 0 ? null : <Badge number={waiting} />}
          </Box>
        }
      />
    </Tabs>
  );
}

function Badge({ number }: { number: number }) {
  return (
    <Box
      component="span"
      aria-label={`${count(number)} waiting`}
      role="img"
      sx={{
        minWidth: 20,
        px: '6px',
        borderRadius: '10px',
        bgcolor: 'primary.main',
        color: 'primary.contrastText',
        fontSize: 12,
        lineHeight: '20px',
        textAlign: 'center',
      }}
    >
      {number > 999 ? '999+' : count(number)}
    </Box>
  );
}
