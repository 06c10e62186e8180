import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

import { Mark } from './brand';

/** A page within the frame. */
export function Page({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box sx={{ display: 'flex', flexDirection: 'column', gap: 4, p: { xs: 3, sm: 6 }, maxWidth: 1600 }}>
      <title>{`${title} · Syslogger`}</title>
      <Typography variant="h1">{title}</Typography>
      {children}
    </Box>
  );
}

/** A page of its own, without the frame: a narrow column in the middle. */
export function PlainPage({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Box
      component="main"
      sx={{
        minHeight: '100dvh',
        display: 'grid',
        alignContent: { xs: 'start', sm: 'center' },
        justifyContent: 'center',
        gridTemplateColumns: 'minmax(0, 400px)',
        px: 4,
        py: 8,
      }}
    >
      <title>{`${title} · Syslogger`}</title>
      <Box sx={{ display: 'flex', alignItems: 'center', gap: 3, mb: 6 }}>
        <Mark size={28} />
        <Typography component="span" sx={{ fontSize: 16, fontWeight: 600 }}>
          Syslogger
        </Typography>
      </Box>
      <Typography variant="h1" sx={{ mb: 3 }}>
        {title}
      </Typography>
      {children}
    </Box>
  );
}
