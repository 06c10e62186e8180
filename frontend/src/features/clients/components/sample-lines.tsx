import Box from '@mui/material/Box';

import { CopyButton } from '@/components/ui/copy-button';
import { fonts } from '@/config/tokens';
import { visibleText } from '@/lib/visible-text';

/** The first different lines of a stranger: text, with every sign to be seen. */
export function SampleLines({ address, lines }: { address: string; lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <Box
      component="ul"
      aria-label={`Lines of ${address} that were refused`}
      sx={{
        gridColumn: '1 / -1',
        minWidth: 0,
        m: 0,
        p: 0,
        listStyle: 'none',
        bgcolor: 'background.default',
        border: 1,
        borderColor: 'divider',
        borderRadius: 1,
      }}
    >
      {lines.map((line, place) => (
        <Box
          component="li"
          key={place}
          sx={{ display: 'flex', alignItems: 'start', minWidth: 0, borderTop: place === 0 ? 0 : 1, borderColor: 'divider' }}
        >
          <Box
            component="pre"
            aria-label={`Line ${place + 1} of ${address}`}
            // What scrolls has to be reached by keyboard.
            tabIndex={0}
            role="group"
            sx={{
              flex: '1 1 auto',
              minWidth: 0,
              m: 0,
              px: 3,
              py: '5px',
              maxHeight: 120,
              overflowY: 'auto',
              whiteSpace: 'pre-wrap',
              overflowWrap: 'anywhere',
              fontFamily: fonts.lines,
              fontSize: 13,
            }}
          >
            {visibleText(line)}
          </Box>
          <CopyButton text={line} label={`line ${place + 1} of ${address}`} />
        </Box>
      ))}
    </Box>
  );
}
