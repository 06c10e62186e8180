import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { useId } from 'react';

import { fonts } from '@/config/tokens';

import { CopyButton } from './copy-button';

interface Props {
  /** What it is: heads the block, and is part of the copy button's name. */
  label: string;
  text: string;
  /** Where it goes, or what it does. */
  where?: string;
}

/** Lines to be pasted somewhere else, with a button that copies them. Long ones scroll inside. */
export function Snippet({ label, text, where }: Props) {
  const id = useId();
  return (
    <Box sx={{ minWidth: 0 }}>
      <Box sx={{ display: 'flex', alignItems: 'center', justifyContent: 'space-between', gap: 2, mb: 1 }}>
        <Box sx={{ minWidth: 0 }}>
          <Typography component="p" id={id} variant="body2" sx={{ fontWeight: 600 }}>
            {label}
          </Typography>
          {where === undefined ? null : (
            <Typography component="p" variant="body2" sx={{ color: 'text.secondary' }}>
              {where}
            </Typography>
          )}
        </Box>
        <CopyButton text={text} label={`the lines for ${label}`} />
      </Box>
      <Box
        component="pre"
        // What scrolls has to be reached by keyboard.
        tabIndex={0}
        role="group"
        aria-labelledby={id}
        sx={{
          m: 0,
          p: 3,
          overflowX: 'auto',
          border: 1,
          borderColor: 'divider',
          borderRadius: 1,
          bgcolor: 'background.default',
          fontFamily: fonts.lines,
          fontSize: 13,
          lineHeight: 1.6,
        }}
      >
        {text}
      </Box>
    </Box>
  );
}
