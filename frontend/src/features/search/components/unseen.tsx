import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

interface Props {
  children: ReactNode;
  role?: 'status';
  component?: 'h1' | 'span';
}

/** For screen readers only. */
export function Unseen({ children, role, component = 'span' }: Props) {
  return (
    <Box
      component={component}
      {...(role === undefined ? {} : { role })}
      sx={{ position: 'absolute', width: '1px', height: '1px', m: 0, overflow: 'hidden', clipPath: 'inset(50%)', whiteSpace: 'nowrap' }}
    >
      {children}
    </Box>
  );
}
