import Box from '@mui/material/Box';

import { Icon } from '@/components/ui/icon';
import { unseen } from '@/components/ui/unseen';
import { useConnection, useEngineFeed } from '@/hooks/use-live';
import { useAhead, useZone } from '@/hooks/use-zone';

import { lostSince, statusWords, zoneWords, type StatusPart } from './status-words';

/** Engines, rate, losses and the zone of all times; or that this is not known now. */
export function StatusLine() {
  const { connection, since } = useConnection();
  const feed = useEngineFeed();
  const zone = useZone();
  const ahead = useAhead();
  const status = statusWords(connection, feed, lostSince(since, ahead, zone));
  return (
    <Box
      aria-label="Status"
      role="group"
      sx={{
        display: 'flex',
        flexWrap: 'wrap',
        alignItems: 'center',
        columnGap: { xs: 2, sm: 4 },
        minWidth: 0,
        fontSize: 13,
        lineHeight: '18px',
      }}
    >
      {status.parts.map((part) => (
        <Part key={part.name} part={part} />
      ))}
      {zone === null ? null : <Zone zone={zone} at={feed.history.at(-1)?.at ?? since} />}
      {/* Read aloud when the connection changes, and not every second. */}
      <Box role="status" sx={{ color: 'warning.main', display: 'inline-flex', alignItems: 'center', gap: 1.5 }}>
        {status.connection === null ? null : (
          <>
            <Icon name="waiting" size={16} />
            {status.connection}
          </>
        )}
      </Box>
    </Box>
  );
}

function Zone({ zone, at }: { zone: string; at: number }) {
  const words = zoneWords(at, zone);
  return (
    <Box component="span" title={words.whole} sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}>
      <span aria-hidden="true">{words.short}</span>
      <Box component="span" sx={unseen}>
        {words.whole}
      </Box>
    </Box>
  );
}

const COLOURS = { good: 'success.main', bad: 'error.main', warning: 'warning.main', plain: 'text.primary' };
const ICONS = { good: 'check', bad: 'bad', warning: 'warning', plain: null } as const;

function Part({ part }: { part: StatusPart }) {
  const icon = ICONS[part.kind];
  return (
    <Box
      component="span"
      sx={{ display: 'inline-flex', alignItems: 'center', gap: 1, whiteSpace: 'nowrap', color: COLOURS[part.kind] }}
    >
      {icon === null ? null : <Icon name={icon} size={16} />}
      {part.words}
    </Box>
  );
}
