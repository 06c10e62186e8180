import Box from '@mui/material/Box';
import { NavLink } from 'react-router';

import { Icon } from '@/components/ui/icon';
import { unseen } from '@/components/ui/unseen';
import { useMe } from '@/hooks/use-session';
import { may } from '@/lib/rights';

import { PAGES, type PageLink } from '../pages';

/** The way to the pages: words beside icons, icons alone below 1,100 px, a bar at the bottom below 600 px. */
export function Rail() {
  const me = useMe();
  return (
    <Box
      component="nav"
      aria-label="Pages"
      sx={{
        gridArea: 'rail',
        position: { xs: 'sticky', sm: 'static' },
        bottom: 0,
        // Beside a long page it would slide over the line at the top.
        zIndex: { xs: 'appBar', sm: 'auto' },
        bgcolor: 'background.paper',
        borderColor: 'divider',
        borderStyle: 'solid',
        borderWidth: { xs: '1px 0 0', sm: '0 1px 0 0' },
        p: { xs: 1, sm: 2 },
      }}
    >
      <Box
        component="ul"
        sx={{
          m: 0,
          p: 0,
          listStyle: 'none',
          display: 'flex',
          flexDirection: { xs: 'row', sm: 'column' },
          justifyContent: { xs: 'space-around', sm: 'start' },
          gap: 1,
          position: { sm: 'sticky' },
          top: { sm: 56 },
        }}
      >
        {PAGES.filter((page) => may(me, page.right)).map((page) => (
          <Box component="li" key={page.path} sx={{ flex: { xs: '1 1 0', sm: 'none' }, minWidth: 0 }}>
            <RailLink page={page} />
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function RailLink({ page }: { page: PageLink }) {
  return (
    <Box
      component={NavLink}
      to={page.path}
      end={page.path === '/'}
      title={page.name}
      sx={{
        display: 'flex',
        flexDirection: { xs: 'column', sm: 'row' },
        alignItems: 'center',
        justifyContent: { sm: 'center', lg: 'start' },
        gap: { xs: 0, sm: 3 },
        minHeight: 40,
        minWidth: 40,
        px: { lg: 3 },
        borderRadius: 1,
        fontSize: { xs: 12, sm: 14 },
        color: 'text.secondary',
        textDecoration: 'none',
        '&:hover': { color: 'text.primary', bgcolor: 'action.hover' },
        '&.active': { color: 'primary.main', bgcolor: 'action.selected', fontWeight: 600 },
      }}
    >
      <Icon name={page.icon} size={20} />
      <Box component="span" sx={{ display: { xs: 'inline', sm: 'none', lg: 'inline' } }}>
        {page.name}
      </Box>
      {/* Between 600 and 1,100 px the word is for screen readers only. */}
      <Box
        component="span"
        sx={{ ...unseen, display: { xs: 'none', sm: 'block', lg: 'none' } }}
      >
        {page.name}
      </Box>
    </Box>
  );
}
