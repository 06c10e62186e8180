import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

interface Props {
  /** What scrolls, for who reaches it by keyboard. */
  label: string;
  /** Of what is in it, px: beside others it never grows or shrinks, so that nothing moves; below others it is no higher. */
  height: number;
  children: ReactNode;
}

/** A list that scrolls inside. */
export function ScrollBox({ label, height, children }: Props) {
  return (
    <Box
      // What scrolls has to be reached by keyboard.
      tabIndex={0}
      role="group"
      aria-label={label}
      sx={{ height: { lg: height }, minHeight: 96, maxHeight: height, overflow: 'auto', outlineOffset: -2, minWidth: 0 }}
    >
      {children}
    </Box>
  );
}
