import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { Panel } from '@/components/ui/panel';
import { useFrozen } from '@/hooks/use-held';
import { useNow } from '@/hooks/use-now';
import { useMe } from '@/hooks/use-session';
import { useZone } from '@/hooks/use-zone';
import { count } from '@/lib/format';
import { may } from '@/lib/rights';

import { matching, tallyOf, type ClientLine } from '../clients';
import type { Deed } from '../deed';
import type { EngineFacts } from '../engine-facts';
import type { Place } from '../place';
import type { EnginesSeen } from '../use-engines';
import { tallyWords } from '../words';
import { ClientDialog } from './client-dialog';
import { ClientTable } from './client-table';
import { PointHere } from './point-here';
import { RemoveDialog } from './remove-dialog';

/** More rows than anybody reads; the filter finds the others. */
const MOST_SHOWN = 300;

interface Props {
  engines: EnginesSeen;
  place: Place;
  onGo: (changes: Partial<Place>) => void;
  onDone: (deed: Deed) => void;
}

type Open = { kind: 'add' } | { kind: 'edit' | 'remove'; line: ClientLine } | null;

/** The clients: who may send. */
export function AllowedView({ engines, place, onGo, onDone }: Props) {
  const me = useMe();
  // Without an answer nobody knows who has fallen silent since.
  const isOld = engines.error !== null;
  const now = useFrozen(useNow(), isOld);
  const zone = useZone();
  const [open, setOpen] = useState<Open>(null);
  const changeable = may(me, 'operate') ? engines.facts.filter((each) => each.whole !== null) : [];
  const ofEngine = matching(engines.lines, place.engine, '');
  const found = matching(engines.lines, place.engine, place.filter);
  const shown = found.slice(0, MOST_SHOWN);
  const isChangeable = (line: ClientLine) => changeable.some((each) => each.name === line.engine);
  const canAdd = changeable.some((each) => place.engine === null || each.name === place.engine);
  const add = canAdd ? (
    <Button size="small" variant="contained" startIcon={<Icon name="plus" size={16} />} onClick={() => setOpen({ kind: 'add' })}>
      Add a client
    </Button>
  ) : null;
  const close = () => setOpen(null);
  const done = (deed: Deed) => {
    close();
    onDone(deed);
  };
  return (
    <>
      <Panel
        title="Clients"
        aside={
          <Box sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: 4, rowGap: 2 }}>
            <span>
              {isOld ? 'As last told: ' : ''}
              {tallyWords(tallyOf(ofEngine, now))}
            </span>
            <span>
              counted since each engine's start{zone === null ? '' : `, times in ${zone}`}
            </span>
            {add}
          </Box>
        }
      >
        {ofEngine.length === 0 ? (
          <NoClients engine={place.engine} canAdd={canAdd} />
        ) : found.length === 0 ? (
          <Box sx={{ p: 4, display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 3 }}>
            <Typography>No client fits the filter.</Typography>
            <Button size="small" onClick={() => onGo({ filter: '' })}>
              Clear the filter
            </Button>
          </Box>
        ) : (
          <ClientTable
            lines={shown}
            now={now}
            namesEngines={place.engine === null && engines.facts.length > 1}
            maySearch={may(me, 'search')}
            isChangeable={isChangeable}
            onEdit={(line) => setOpen({ kind: 'edit', line })}
            onRemove={(line) => setOpen({ kind: 'remove', line })}
          />
        )}
        {shown.length === found.length ? null : (
          <Typography variant="body2" sx={{ p: 3, color: 'text.secondary' }}>
            The first {count(shown.length)} by name, of {count(found.length)}. The filter finds the others.
          </Typography>
        )}
      </Panel>
      {/* Where there is nothing yet, the manual is open. */}
      <PointHere key={String(ofEngine.length === 0)} engines={engines.facts} chosen={place.engine} isOpen={ofEngine.length === 0} />
      {open?.kind === 'add' ? (
        <ClientDialog engines={changeable} engine={place.engine} line={null} onClose={close} onDone={done} />
      ) : null}
      {open?.kind === 'edit' ? (
        <ClientDialog engines={changeable} engine={open.line.engine} line={open.line} onClose={close} onDone={done} />
      ) : null}
      {open?.kind === 'remove' ? (
        <RemoveDialog line={open.line} others={othersAt(engines.facts, open.line)} onClose={close} onDone={done} />
      ) : null}
    </>
  );
}

function othersAt(facts: readonly EngineFacts[], line: ClientLine) {
  const clients = facts.find((each) => each.name === line.engine)?.whole?.clients ?? [];
  return clients.filter((each) => each.name !== line.name);
}

function NoClients({ engine, canAdd }: { engine: string | null; canAdd: boolean }) {
  return (
    <Box sx={{ p: 4 }}>
      <Typography>{engine === null ? 'No engine has a client.' : `Nobody may send to ${engine}.`}</Typography>
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        All that arrives is refused and counted.{' '}
        {canAdd ? 'Add a range of addresses, and what they send is stored from that moment on.' : ''}
      </Typography>
    </Box>
  );
}
