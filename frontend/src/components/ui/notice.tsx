import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

import { ApiError } from '@/lib/api-error';

import { Icon, type IconName } from './icon';

type Kind = 'good' | 'warning' | 'bad' | 'info';

const LOOKS: Record<Kind, { icon: IconName; colour: string }> = {
  good: { icon: 'check', colour: 'success.main' },
  warning: { icon: 'warning', colour: 'warning.main' },
  bad: { icon: 'bad', colour: 'error.main' },
  info: { icon: 'waiting', colour: 'text.secondary' },
};

interface Props {
  kind: Kind;
  title: ReactNode;
  children?: ReactNode;
  /** Is read aloud when it appears. */
  announced?: boolean;
}

export function Notice({ kind, title, children, announced = false }: Props) {
  const look = LOOKS[kind];
  return (
    <Box
      {...(announced ? { role: kind === 'bad' ? 'alert' : 'status' } : {})}
      sx={{
        display: 'flex',
        gap: 2,
        p: 3,
        border: 1,
        borderColor: 'divider',
        borderLeft: 3,
        borderLeftColor: look.colour,
        borderRadius: 1,
        bgcolor: 'background.paper',
      }}
    >
      <Box sx={{ color: look.colour, pt: '1px' }}>
        <Icon name={look.icon} />
      </Box>
      <Box sx={{ minWidth: 0 }}>
        <Typography component="p" sx={{ fontWeight: 600 }}>
          {title}
        </Typography>
        {children === undefined ? null : (
          <Typography component="div" variant="body2" sx={{ color: 'text.secondary' }}>
            {children}
          </Typography>
        )}
      </Box>
    </Box>
  );
}

/** What went wrong, in the API's words. */
export function ErrorNotice({ error }: { error: Error }) {
  const isOurs = error instanceof ApiError;
  const hint = isOurs ? error.hint : null;
  return (
    <Notice kind="bad" title={sentence(isOurs ? error.message : 'Something in this page has failed.')} announced>
      {hint === null ? null : <span>{sentence(hint)} </span>}
      {isOurs && error.status >= 500 && error.requestId !== '' ? <span>Request {error.requestId}.</span> : null}
    </Notice>
  );
}

/** The API's sentences begin small and have no full stop. */
export function sentence(words: string): string {
  const text = words.trim();
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}${/[.?!]$/.test(text) ? '' : '.'}`;
}
