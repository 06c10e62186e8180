import Box from '@mui/material/Box';
import { Suspense, useEffect, useRef, useState } from 'react';
import { Outlet, useLocation } from 'react-router';

import { ErrorBoundary } from '@/components/ui/error-boundary';
import { Waiting } from '@/components/ui/waiting';
import { useHotkey } from '@/hooks/use-hotkey';

import { HelpDialog } from './help-dialog';
import { Rail } from './rail';
import { TopLine } from './top-line';
import { useGlobalKeys } from './use-global-keys';

const RAIL_PX = { icons: 56, words: 176 };

/** The rail, the line at the top, and the page. */
export function Frame() {
  const [isHelpOpen, setIsHelpOpen] = useState(false);
  const { pathname } = useLocation();
  const main = useRef<HTMLElement>(null);
  const former = useRef(pathname);
  const { goToQuery, maySearch } = useGlobalKeys();
  useHotkey('?', () => setIsHelpOpen(true));
  useEffect(() => {
    const isHere = main.current?.contains(document.activeElement) === true;
    // A page that has taken the focus for its own field keeps it.
    if (former.current !== pathname && !isHere) main.current?.focus();
    former.current = pathname;
  }, [pathname]);
  return (
    <Box
      sx={{
        minHeight: '100dvh',
        display: 'grid',
        gridTemplateColumns: {
          xs: 'minmax(0, 1fr)',
          sm: `${RAIL_PX.icons}px minmax(0, 1fr)`,
          lg: `${RAIL_PX.words}px minmax(0, 1fr)`,
        },
        gridTemplateRows: { xs: 'auto 1fr auto', sm: 'auto 1fr' },
        gridTemplateAreas: { xs: '"top" "page" "rail"', sm: '"top top" "rail page"' },
      }}
    >
      <SkipLink />
      <TopLine onHelp={() => setIsHelpOpen(true)} onQuery={maySearch ? goToQuery : null} />
      <Rail />
      <Box component="main" id="page" ref={main} tabIndex={-1} sx={{ gridArea: 'page', minWidth: 0, outline: 'none' }}>
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<Waiting what="Loading" />}>
            <Outlet />
          </Suspense>
        </ErrorBoundary>
      </Box>
      <HelpDialog isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} maySearch={maySearch} />
    </Box>
  );
}

function SkipLink() {
  return (
    <Box
      component="a"
      href="#page"
      sx={{
        position: 'fixed',
        top: 8,
        left: 8,
        zIndex: 'tooltip',
        px: 3,
        py: 2,
        borderRadius: 1,
        bgcolor: 'primary.main',
        color: 'primary.contrastText',
        '&:not(:focus)': { transform: 'translateY(-200%)' },
      }}
    >
      Skip to the page
    </Box>
  );
}
