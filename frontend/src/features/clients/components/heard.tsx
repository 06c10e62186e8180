import Box from '@mui/material/Box';

import { Icon } from '@/components/ui/icon';
import { useZone } from '@/hooks/use-zone';
import { duration } from '@/lib/format';
import { momentWords } from '@/lib/zone';

import { heardOf, secondsSince, type ClientLine } from '../clients';

interface Props {
  line: Pick<ClientLine, 'lastSeen'>;
  /** ms since the epoch, on the server's clock. */
  now: number;
}

/** When a client was heard last: how long ago, and when exactly; who is silent is so by a word and a sign. */
export function Heard({ line, now }: Props) {
  const heard = heardOf(line, now);
  if (line.lastSeen === null) return <span aria-label="not known now">–</span>;
  if (heard === 'nothing') {
    return (
      <Box component="span" sx={{ color: 'text.secondary' }}>
        nothing yet
      </Box>
    );
  }
  const ago = duration(secondsSince(line.lastSeen, now));
  return (
    <Box component="span" sx={{ display: 'inline-flex', flexWrap: 'wrap', columnGap: 2, alignItems: 'baseline' }}>
      {heard === 'silent' ? (
        <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 1, color: 'warning.main' }}>
          <Icon name="warning" size={14} />
          silent for {ago}
        </Box>
      ) : (
        <span>{ago} ago</span>
      )}
      <Moment us={line.lastSeen} />
    </Box>
  );
}

/** The exact time, on the product's clock. */
export function Moment({ us }: { us: number }) {
  const zone = useZone();
  if (zone === null) return null;
  return (
    <Box
      component="time"
      dateTime={new Date(us / 1_000).toISOString()}
      sx={{ color: 'text.secondary', whiteSpace: 'nowrap' }}
    >
      {momentWords(us / 1_000, zone)}
    </Box>
  );
}
