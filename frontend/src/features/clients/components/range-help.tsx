import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

import { Icon } from '@/components/ui/icon';
import { isRange, knownAs, overlapWords, rangeText, rangeWords, readRange, type Named } from '@/lib/cidr';

interface Props {
  id: string;
  written: string;
  /** The other clients of the engine. */
  others: readonly Named[];
  onFix: (written: string) => void;
}

/** What a range means while it is typed: how many addresses, which, and how it lies to the other clients. */
export function RangeHelp({ id, written, others, onFix }: Props) {
  const read = readRange(written);
  return (
    <Box id={id} sx={{ display: 'grid', gap: 1, minHeight: 44, alignContent: 'start' }}>
      {isRange(read) ? (
        <>
          <Line>
            {rangeText(read) === written.trim() ? '' : `${rangeText(read)}, `}
            {rangeWords(read)}
          </Line>
          {knownAs(read) === null ? null : <Line>{knownAs(read)}</Line>}
          {overlapWords(read, others).map(({ words, isRefused }) => (
            <Line key={words} isWarning={isRefused}>
              {words}
            </Line>
          ))}
        </>
      ) : (
        <>
          <Line>{written.trim() === '' ? read.right : `${read.wrong} ${read.right}`}</Line>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
            {read.fixes.map((fix) => (
              <Button key={fix} size="small" variant="outlined" onClick={() => onFix(fix)}>
                Use {fix}
              </Button>
            ))}
          </Box>
        </>
      )}
    </Box>
  );
}

function Line({ children, isWarning = false }: { children: ReactNode; isWarning?: boolean }) {
  return (
    <Typography
      variant="body2"
      component="p"
      sx={{
        display: 'flex',
        gap: 2,
        alignItems: 'start',
        overflowWrap: 'anywhere',
        color: isWarning ? 'warning.main' : 'text.secondary',
      }}
    >
      {isWarning ? <Icon name="warning" size={16} /> : null}
      <span>{children}</span>
    </Typography>
  );
}
