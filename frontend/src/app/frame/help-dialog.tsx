import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import Link from '@mui/material/Link';
import Typography from '@mui/material/Typography';
import { Fragment } from 'react';

import { fonts } from '@/config/tokens';

import { keysFor } from './keys';

interface Props {
  isOpen: boolean;
  onClose: () => void;
  /** Whether there is anything to search for this person. */
  maySearch: boolean;
}

export function HelpDialog({ isOpen, onClose, maySearch }: Props) {
  return (
    <Dialog open={isOpen} onClose={onClose} aria-labelledby="help-title" maxWidth="md">
      <DialogTitle id="help-title" sx={{ fontSize: 16, fontWeight: 600 }}>
        Keyboard
      </DialogTitle>
      <DialogContent
        // What scrolls has to be reached by keyboard.
        tabIndex={0}
        role="group"
        aria-labelledby="help-title"
        sx={{
          display: 'grid',
          columnGap: 10,
          rowGap: 5,
          gridTemplateColumns: { xs: '1fr', md: maySearch ? '1fr 1fr' : '1fr' },
          alignContent: 'start',
        }}
      >
        {keysFor(maySearch).map(({ name, keys }) => (
          <Box component="section" key={name} aria-label={name}>
            <Typography variant="h2" sx={{ fontSize: 14, mb: 2 }}>
              {name}
            </Typography>
            <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'minmax(84px, auto) 1fr', columnGap: 4, rowGap: 1.5, alignItems: 'baseline' }}>
              {keys.map(([pressed, words]) => (
                <Fragment key={pressed}>
                  <Box component="dt">
                    <Keys pressed={pressed} />
                  </Box>
                  <Box component="dd" sx={{ m: 0, fontSize: 13 }}>
                    {words}
                  </Box>
                </Fragment>
              ))}
            </Box>
          </Box>
        ))}
      </DialogContent>
      <DialogActions>
        <Link href="/licences.txt" target="_blank" sx={{ mr: 'auto', ml: 2, fontSize: 13 }}>
          Licences
        </Link>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}

/** `Shift+Tab`, or one of several: `j k`. */
function Keys({ pressed }: { pressed: string }) {
  return pressed.split(' ').map((key, place) => (
    <Fragment key={key}>
      {place === 0 ? null : ' '}
      <Box
        component="kbd"
        sx={{ px: 1.5, py: '1px', border: 1, borderColor: 'divider', borderRadius: 1, fontFamily: fonts.lines, fontSize: 12.5, whiteSpace: 'nowrap' }}
      >
        {key}
      </Box>
    </Fragment>
  ));
}
