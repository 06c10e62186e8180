import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import Link from '@mui/material/Link';
import { Link as RouterLink } from 'react-router';

import { Mark } from '@/components/ui/brand';
import { Icon } from '@/components/ui/icon';
import { fonts } from '@/config/tokens';
import { useMode } from '@/hooks/use-mode';

import { PersonMenu } from './person-menu';
import { StatusLine } from './status-line';

/** One line, always true. */
export function TopLine({ onHelp, onQuery }: { onHelp: () => void; onQuery: (() => void) | null }) {
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
      {onQuery === null ? null : <ToQuery onQuery={onQuery} />}
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

/** To the query from every page. */
function ToQuery({ onQuery }: { onQuery: () => void }) {
  return (
    <Button
      color="inherit"
      variant="outlined"
      size="small"
      aria-keyshortcuts="/ Control+K Meta+K"
      startIcon={<Icon name="search" size={16} />}
      onClick={onQuery}
      sx={{ display: { xs: 'none', md: 'inline-flex' }, borderColor: 'divider', fontWeight: 400, color: 'text.secondary', gap: 3 }}
    >
      Search
      <Box component="kbd" aria-hidden="true" sx={{ fontFamily: fonts.lines, fontSize: 12 }}>
        /
      </Box>
    </Button>
  );
}
