import { useLocation, useNavigate } from 'react-router';

import { useHotkey } from '@/hooks/use-hotkey';
import { useMe } from '@/hooks/use-session';
import { may } from '@/lib/rights';
import { searchOf, tailLink } from '@/lib/search-address';

/** Keys that lead somewhere from every page. What somebody may not do, has no key. */
export function useGlobalKeys() {
  const navigate = useNavigate();
  const { pathname, search } = useLocation();
  const maySearch = may(useMe(), 'search');
  const goToQuery = () => {
    const bar = document.querySelector<HTMLTextAreaElement>('[data-query-bar]');
    if (bar === null) void navigate('/search', { state: { focus: 'query' } });
    else {
      bar.focus();
      bar.select();
    }
  };
  useHotkey('/', goToQuery, { isOn: maySearch });
  useHotkey('k', goToQuery, { isOn: maySearch, withCommand: true });
  useHotkey(
    't',
    () => {
      // Of the search that is shown; from elsewhere, of everything.
      const asked = pathname === '/search' ? searchOf(new URLSearchParams(search)) : null;
      if (pathname !== '/tail') void navigate(asked === null ? '/tail' : tailLink(asked));
    },
    { isOn: maySearch },
  );
  return { goToQuery, maySearch };
}
