import Box from '@mui/material/Box';
import type { ReactNode } from 'react';

import { unseen } from '@/components/ui/unseen';

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
      sx={unseen}
    >
      {children}
    </Box>
  );
}
