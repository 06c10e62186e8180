import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Dialog from '@mui/material/Dialog';
import DialogActions from '@mui/material/DialogActions';
import DialogContent from '@mui/material/DialogContent';
import DialogTitle from '@mui/material/DialogTitle';
import { Fragment } from 'react';

import { fonts } from '@/config/tokens';

/** A key stands here only once it does something. */
const KEYS: readonly (readonly [string, string])[] = [
  ['?', 'This help'],
  ['Esc', 'Close what is open'],
  ['Tab', 'To the next thing; the first one skips to the page'],
];

export function HelpDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  return (
    <Dialog open={isOpen} onClose={onClose} aria-labelledby="help-title">
      <DialogTitle id="help-title" sx={{ fontSize: 16, fontWeight: 600 }}>
        Keyboard
      </DialogTitle>
      <DialogContent>
        <Box component="dl" sx={{ m: 0, display: 'grid', gridTemplateColumns: 'auto 1fr', columnGap: 4, rowGap: 2 }}>
          {KEYS.map(([key, words]) => (
            <Fragment key={key}>
              <Box component="dt">
                <Box
                  component="kbd"
                  sx={{ px: 2, py: '2px', border: 1, borderColor: 'divider', borderRadius: 1, fontFamily: fonts.lines, fontSize: 13 }}
                >
                  {key}
                </Box>
              </Box>
              <Box component="dd" sx={{ m: 0 }}>
                {words}
              </Box>
            </Fragment>
          ))}
        </Box>
      </DialogContent>
      <DialogActions>
        <Button onClick={onClose}>Close</Button>
      </DialogActions>
    </Dialog>
  );
}
