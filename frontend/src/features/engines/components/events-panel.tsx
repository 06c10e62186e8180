import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';

import { Icon, type IconName } from '@/components/ui/icon';
import { ErrorNotice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Waiting } from '@/components/ui/waiting';
import { unseen } from '@/components/ui/unseen';
import { useZone } from '@/hooks/use-zone';
import { counted } from '@/lib/format';
import { visibleText } from '@/lib/visible-text';
import { momentWords, offsetWords } from '@/lib/zone';
import type { EngineEvent } from '@/types/shapes';

import { gravityOf, kindInWords, type Gravity } from '../event-looks';
import { useEngineEvents } from '../hooks/use-engine-events';

const LOOKS: Record<Gravity, { icon: IconName; colour: string; words: string }> = {
  bad: { icon: 'bad', colour: 'error.main', words: 'trouble' },
  warning: { icon: 'warning', colour: 'warning.main', words: 'warning' },
  news: { icon: 'dot', colour: 'text.secondary', words: '' },
};
const MOST_PX = 420;

/** What happened to the engine, the newest first. */
export function EventsPanel({ name }: { name: string }) {
  const zone = useZone() ?? 'UTC';
  const { events, asked } = useEngineEvents(name);
  const newest = events[0];
  return (
    <Panel title="Events" aside={newest === undefined ? null : `times in ${offsetWords(newest.at / 1_000, zone)}`}>
      {asked.error === null ? null : (
        <Box sx={{ p: 4 }}>
          <ErrorNotice error={asked.error} />
        </Box>
      )}
      {asked.isPending ? <Waiting what="Asking for the events" /> : null}
      {events.length === 0 && asked.isSuccess ? <Typography sx={{ p: 4 }}>Nothing has happened yet.</Typography> : null}
      {events.length === 0 ? null : (
        // What scrolls has to be reached by keyboard.
        <Box tabIndex={0} role="group" aria-label={`Events, ${counted(events.length, 'event')} shown`} sx={{ maxHeight: MOST_PX, overflow: 'auto', outlineOffset: -2 }}>
          <Box component="ol" sx={{ m: 0, p: 0, listStyle: 'none' }}>
            {events.map((event) => (
              <Happened key={event.id} event={event} zone={zone} />
            ))}
          </Box>
          {asked.hasNextPage ? (
            <Box sx={{ p: 3 }}>
              <Button size="small" variant="outlined" loading={asked.isFetchingNextPage} onClick={() => void asked.fetchNextPage()}>
                Older
              </Button>
            </Box>
          ) : null}
        </Box>
      )}
    </Panel>
  );
}

function Happened({ event, zone }: { event: EngineEvent; zone: string }) {
  const look = LOOKS[gravityOf(event.event)];
  return (
    <Box
      component="li"
      sx={{
        display: 'grid',
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '148px 136px minmax(0, 1fr)' },
        columnGap: 3,
        px: 4,
        py: 2,
        borderBottom: 1,
        borderColor: 'divider',
        fontSize: 13,
      }}
    >
      <Box component="span" sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>
        {momentWords(event.at / 1_000, zone)}
      </Box>
      <Box component="span" sx={{ color: look.colour, display: 'inline-flex', alignItems: 'center', alignSelf: 'start', gap: 1.5 }}>
        <Icon name={look.icon} size={14} />
        {look.words === '' ? null : <Box component="span" sx={unseen}>{look.words}: </Box>}
        {kindInWords(event.event)}
      </Box>
      <Box component="span" sx={{ overflowWrap: 'anywhere' }}>
        {visibleText(event.message)}
      </Box>
    </Box>
  );
}
