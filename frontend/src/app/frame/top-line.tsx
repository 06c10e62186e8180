import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';

import { Mark } from '@/components/ui/brand';
import { Icon } from '@/components/ui/icon';
import { useMode } from '@/hooks/use-mode';

import { PersonMenu } from './person-menu';
import { StatusLine } from './status-line';

/** One line, always true. */
export function TopLine({ onHelp }: { onHelp: () => void }) {
  const { mode, turn } = useMode();
  const other = mode === 'dark' ? 'light' : 'dark';
  return (
    <Box
      component="header"
      sx={{
        gridArea: 'top',
        position: 'sticky',
        top: 0,
        zIndex: 'appBar',
        display: 'flex',
        alignItems: 'center',
        gap: { xs: 2, sm: 4 },
        minHeight: 48,
        px: { xs: 3, sm: 4 },
        bgcolor: 'background.paper',
        borderBottom: 1,
        borderColor: 'divider',
      }}
    >
      <Link
        component={RouterLink}
        to="/"
        color="text.primary"
        underline="none"
        aria-label="Syslogger, overview"
        sx={{ display: 'flex', alignItems: 'center', gap: 2, fontWeight: 600 }}
      >
        <Mark />
        <Box component="span" sx={{ display: { xs: 'none', md: 'inline' } }}>
          Syslogger
        </Box>
      </Link>
      <StatusLine />
      <Box sx={{ display: 'flex', flex: 'none', ml: 'auto' }}>
        <IconButton
          aria-label="Keyboard and help"
          aria-keyshortcuts="?"
          onClick={onHelp}
          sx={{ display: { xs: 'none', sm: 'inline-flex' } }}
        >
          <Icon name="help" />
        </IconButton>
        <IconButton aria-label={`Switch to the ${other} theme`} onClick={turn}>
          <Icon name={mode === 'dark' ? 'sun' : 'moon'} />
        </IconButton>
        <PersonMenu />
      </Box>
    </Box>
  );
}
