import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation, useNavigate, useSearchParams } from 'react-router';

import { Icon } from '@/components/ui/icon';
import { ErrorNotice } from '@/components/ui/notice';
import { Page } from '@/components/ui/page';
import { Panel } from '@/components/ui/panel';
import { Waiting } from '@/components/ui/waiting';
import { useMe } from '@/hooks/use-session';
import { counted } from '@/lib/format';
import { ledgerHistoryQuery } from '@/lib/ledger-history';
import type { EngineDeleted } from '@/types/shapes';

import { enginesQuery } from '../api/get-engines';
import { rightsOf, type Rights } from '../deeds';
import { deletedOf, type Deleted } from '../deleted';
import { engineLines, filtered, lastHour, statesInWords } from '../engine-lines';
import { useDeeds } from '../hooks/use-deeds';
import { useToldEngines } from '../hooks/use-told-engines';
import { useNow } from '@/hooks/use-now';
import { CreateDialog } from './create-dialog';
import { DeedDialogs } from './deed-dialogs';
import { DeletedNotice } from './deleted-notice';
import { EngineTable } from './engine-table';
import { Said } from './said';

const EVERY_10_S = 10_000;
/** Fewer are seen at a glance. */
const WORTH_A_FILTER = 6;

/** The engines: how each is, and what can be done to it. Address: `?new` opens the form, `?q=` filters. */
export function EnginesPage() {
  const rights = rightsOf(useMe());
  const navigate = useNavigate();
  const [address, setAddress] = useSearchParams();
  const told = useToldEngines();
  const engines = useQuery({ ...enginesQuery, ...(told.isNow ? { refetchInterval: false as const } : {}) });
  const now = useNow(EVERY_10_S);
  const deeds = useDeeds();
  const landed = deletedOf(useLocation().state);
  const [deleted, setDeleted] = useState<Deleted | null>(landed);

  const newest = told.isNow || told.at > engines.dataUpdatedAt ? told.engines : null;
  const lines = engineLines(engines.data ?? [], newest);
  // Who sees clients only has no engine to ask this of.
  const history = useQuery({ ...ledgerHistoryQuery({ since: '-1h', step: '1m' }), enabled: lines.some(({ isWhole }) => isWhole) });
  const isKnown = newest !== null || engines.data !== undefined;
  const error = told.isNow ? null : engines.error;
  const text = address.get('q') ?? '';
  const mayCreate = rights.mayOperate && !rights.isScoped;
  const set = (name: string, value: string | null) =>
    setAddress(
      (former) => {
        const next = new URLSearchParams(former);
        if (value === null) next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  const onDeleted = ({ deleted: name, job }: EngineDeleted) => setDeleted({ name, job });
  return (
    <Page title="Engines">
      {error === null ? null : <ErrorNotice error={error} />}
      {deleted === null ? null : <DeletedNotice key={deleted.name} {...deleted} />}
      <Said {...deeds.said} />
      {isKnown ? (
        <Panel title={counted(lines.length, 'engine')} aside={lines.length === 0 ? null : statesInWords(lines)}>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 3, p: 4, pb: lines.length === 0 ? 0 : 3, alignItems: 'center', '&:empty': { display: 'none' } }}>
            {lines.length < WORTH_A_FILTER && text === '' ? null : (
              <TextField
                label="Filter"
                type="search"
                placeholder="name, title, class, port or state"
                value={text}
                onChange={(event) => set('q', event.target.value === '' ? null : event.target.value)}
                sx={{ maxWidth: 360 }}
              />
            )}
            {mayCreate ? (
              <Button variant="contained" startIcon={<Icon name="plus" size={16} />} onClick={() => set('new', '')}>
                New engine
              </Button>
            ) : null}
          </Box>
          <EngineTable
            lines={filtered(lines, text)}
            hours={lastHour(history.data)}
            now={now}
            rights={rights}
            isBusy={deeds.isBusy}
            onChoose={deeds.choose}
            empty={lines.length === 0 ? <NoEngines rights={rights} /> : `None of ${counted(lines.length, 'engine')} has “${text}”.`}
          />
        </Panel>
      ) : (
        <>{engines.isPending ? <Waiting what="Asking for the engines" /> : null}</>
      )}
      <DeedDialogs {...deeds.dialogs} onDeleted={onDeleted} />
      {mayCreate ? (
        <CreateDialog
          // Not before it is known which ports are taken.
          isOpen={isKnown && address.has('new')}
          takenPorts={lines.flatMap(({ port }) => (port === null ? [] : [port]))}
          onClose={() => set('new', null)}
          onCreated={({ engine }) => void navigate(`/engines/${engine}`)}
        />
      ) : null}
    </Page>
  );
}

function NoEngines({ rights }: { rights: Rights }) {
  return (
    <>
      <Typography sx={{ fontWeight: 600 }}>No engine yet.</Typography>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        An engine listens on a port, finds the fields of its class in every line, and stores both.{' '}
        {rights.mayOperate && !rights.isScoped ? 'Make the first one: a name, a class and a port are enough.' : 'An operator can make one.'}
      </Typography>
    </>
  );
}
