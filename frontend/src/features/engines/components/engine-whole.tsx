import Box from '@mui/material/Box';

import { useMe } from '@/hooks/use-session';
import type { EngineDeleted, EngineStatus } from '@/types/shapes';

import { rightsOf, runs } from '../deeds';
import { useDeeds } from '../hooks/use-deeds';
import { BufferPanel } from './buffer-panel';
import { ChartsPanel } from './charts-panel';
import { ClientsPanel } from './clients-panel';
import { DaysPanel } from './days-panel';
import { DeedDialogs } from './deed-dialogs';
import { DevicesPanel } from './devices-panel';
import { EventsPanel } from './events-panel';
import { FieldsPanel } from './fields-panel';
import { LedgerPanel } from './ledger-panel';
import { ParkedPanel } from './parked-panel';
import { ProcessesPanel } from './processes-panel';
import { Said } from './said';
import { SettingsPanel } from './settings-panel';
import { StatePanel } from './state-panel';
import { TestLinePanel } from './test-line-panel';

interface Props {
  engine: EngineStatus;
  /** When it was so, ms. */
  at: number;
  onDeleted: (deleted: EngineDeleted) => void;
}

const TWO = {
  display: 'grid',
  gap: 4,
  gridTemplateColumns: { xs: 'minmax(0, 1fr)', lg: 'minmax(0, 3fr) minmax(0, 2fr)' },
  alignItems: 'start',
};
const STACK = { display: 'grid', gap: 4, minWidth: 0 };

/** The page of somebody who sees the whole engine: what is wrong first, then what it does, then what it is. */
export function EngineWhole({ engine, at, onDeleted }: Props) {
  const rights = rightsOf(useMe());
  const deeds = useDeeds();
  const name = engine.engine;
  const processes = engine.processes ?? [];
  const hasReceived = (engine.ledger?.offered ?? 0) > 0;
  return (
    <>
      <StatePanel engine={engine} rights={rights} isBusy={deeds.isBusy(name)} onChoose={(deed) => deeds.choose(deed, name)} />
      <Said {...deeds.said} />
      <ParkedPanel engine={engine} rights={rights} />
      {hasReceived || !runs(engine.state) ? null : <DevicesPanel engine={engine} isFirst />}
      <LedgerPanel ledger={engine.ledger ?? null} state={engine.state} />
      <ChartsPanel name={name} />
      <Box sx={TWO}>
        <Box sx={STACK}>
          <ProcessesPanel processes={processes} at={at} />
          <ClientsPanel name={name} clients={engine.clients ?? engine.settings.clients} />
          <EventsPanel name={name} />
        </Box>
        <Box sx={STACK}>
          {engine.buffer == null || engine.ring == null ? null : (
            <BufferPanel buffer={engine.buffer} ring={engine.ring} kernelDropped={engine.ledger?.kernel_dropped ?? 0} />
          )}
          {rights.mayOperate ? <TestLinePanel engine={engine} /> : null}
          <FieldsPanel fields={engine.fields ?? null} logClass={engine.class} />
          <DaysPanel days={engine.partitions ?? null} />
          <SettingsPanel engine={engine} />
          {hasReceived ? <DevicesPanel engine={engine} isFirst={false} /> : null}
        </Box>
      </Box>
      <DeedDialogs {...deeds.dialogs} onDeleted={onDeleted} />
    </>
  );
}
