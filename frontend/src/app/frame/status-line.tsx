import Box from '@mui/material/Box';

import { Icon } from '@/components/ui/icon';
import { useConnection, useEngineFeed } from '@/hooks/use-live';

import { statusWords, type StatusPart } from './status-words';

/** Engines, rate and losses; or that this is not known now. */
export function StatusLine() {
  const { connection } = useConnection();
  const feed = useEngineFeed();
  const status = statusWords(connection, feed);
  return (
    <Box
      aria-label="Status"
      role="group"
      sx={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', columnGap: { xs: 2, sm: 4 }, minWidth: 0, fontSize: 13 }}
    >
      {status.parts.map((part) => (
        <Part key={part.name} part={part} />
      ))}
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
