/** The pages of the rail. A page stands here only once it exists. */
import type { IconName } from '@/components/ui/icon';
import type { Right } from '@/lib/rights';

export interface PageLink {
  path: string;
  name: string;
  icon: IconName;
  /** Who may not, does not see it. */
  right: Right;
}

export const PAGES: readonly PageLink[] = [
  { path: '/', name: 'Overview', icon: 'overview', right: 'see' },
  { path: '/search', name: 'Search', icon: 'search', right: 'search' },
  { path: '/tail', name: 'Live tail', icon: 'tail', right: 'search' },
  { path: '/engines', name: 'Engines', icon: 'engines', right: 'see' },
  { path: '/clients', name: 'Clients', icon: 'clients', right: 'see' },
];
