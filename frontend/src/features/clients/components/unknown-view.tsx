import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import { useMemo, useState } from 'react';

import { ErrorNotice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Waiting as Spinner } from '@/components/ui/waiting';
import { useFrozen, useHeld } from '@/hooks/use-held';
import { useNow } from '@/hooks/use-now';
import { count, counted } from '@/lib/format';

import { calmOrder } from '../calm-order';
import type { Deed } from '../deed';
import type { EngineFacts } from '../engine-facts';
import type { Place } from '../place';
import { matchingSenders, type Waiting } from '../senders';
import type { EnginesSeen } from '../use-engines';
import type { WaitingSeen } from '../use-waiting';
import { AllowDialog } from './allow-dialog';
import { IgnoredList } from './ignored-list';
import { Manual, PointHere } from './point-here';
import { SenderCard } from './sender-card';

const PAGE = 30;

interface Props {
  engines: EnginesSeen;
  unknown: WaitingSeen;
  place: Place;
  onGo: (changes: Partial<Place>) => void;
  onDone: (deed: Deed) => void;
}

/** The inbox: who sends without being a client. */
export function UnknownView({ engines, unknown, place, onGo, onDone }: Props) {
  const now = useFrozen(useNow(), engines.error !== null);
  const [opened, setOpened] = useState<Waiting | null>(null);
  const [most, setMost] = useState(PAGE);
  const { isHeld, holders } = useHeld();
  const found = useMemo(() => matchingSenders(unknown.waiting, place.filter), [unknown.waiting, place.filter]);
  const wanted = useMemo(() => found.map((each) => each.id), [found]);
  const former = useFrozen(wanted, isHeld);
  const byId = new Map(found.map((each) => [each.id, each]));
  const shown = calmOrder(former, wanted, isHeld).flatMap((id) => byId.get(id) ?? []);
  const isFiltered = place.filter !== '';
  return (
    <>
      {unknown.error === null ? null : <ErrorNotice error={unknown.error} />}
      <Panel
        title="Unknown senders"
        aside={<span role="status">{sumWords(unknown)}</span>}
      >
        {unknown.isPending && found.length === 0 ? (
          <Spinner what="Asking who sends without being a client" />
        ) : found.length > 0 ? (
          <Box {...holders}>
            <Box component="ul" aria-label="Unknown senders" sx={{ m: 0, p: 0, listStyle: 'none' }}>
              {shown.slice(0, most).map((waiting) => (
                <SenderCard
                  key={waiting.id}
                  waiting={waiting}
                  engines={engines.facts}
                  namesEngine={place.engine === null && engines.facts.length > 1}
                  now={now}
                  onOpen={() => setOpened(waiting)}
                  onDone={onDone}
                />
              ))}
            </Box>
            {shown.length <= most ? null : (
              <Box sx={{ p: 3 }}>
                <Button size="small" onClick={() => setMost(most + PAGE)}>
                  Show more: {count(shown.length - most)} are left
                </Button>
              </Box>
            )}
          </Box>
        ) : isFiltered && unknown.waiting.length > 0 ? (
          <Box sx={{ p: 4, display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 3 }}>
            <Typography>No sender fits the filter.</Typography>
            <Button size="small" onClick={() => onGo({ filter: '' })}>
              Clear the filter
            </Button>
          </Box>
        ) : (
          <NobodyWaits engines={engines.facts} chosen={place.engine} />
        )}
      </Panel>
      {found.length > 0 ? <PointHere engines={engines.facts} chosen={place.engine} /> : null}
      <IgnoredList engines={engines.facts} chosen={place.engine} onDone={onDone} />
      {opened === null ? null : (
        <AllowDialog
          waiting={opened}
          engines={engines.facts}
          onClose={() => setOpened(null)}
          onDone={(deed) => {
            setOpened(null);
            onDone(deed);
          }}
        />
      )}
    </>
  );
}

/** Of engines that have not answered yet nothing is claimed. */
function sumWords({ waiting, isPending }: WaitingSeen): string {
  if (isPending) return waiting.length === 0 ? '' : `${counted(waiting.length, 'sender')} waiting, some engines are still asked`;
  return `${counted(waiting.length, 'sender')} waiting`;
}

/** Nothing to do here is good; the rest of it is the manual. */
function NobodyWaits({ engines, chosen }: { engines: readonly EngineFacts[]; chosen: string | null }) {
  const resting = engines.filter((each) => (chosen === null || each.name === chosen) && !HEARING.has(each.state));
  return (
    <Box sx={{ p: 4 }}>
      <Typography>Nobody sends without being a client.</Typography>
      <Typography variant="body2" sx={{ color: 'text.secondary', maxWidth: 720 }}>
        A device that sends to an engine and is no client of it stands here within seconds, with lines of it and the class
        that fits. It is refused until somebody allows it.
      </Typography>
      {resting.length === 0 ? null : (
        <Typography variant="body2" sx={{ mt: 2, color: 'warning.main' }}>
          Not listening now, so nobody can be heard there: {resting.map((each) => `${each.name} (${each.state})`).join(', ')}.
        </Typography>
      )}
      <Manual engines={engines} chosen={chosen} />
    </Box>
  );
}

const HEARING: ReadonlySet<string> = new Set(['running', 'degraded', 'paused']);
