/** The pages of the rail. A page stands here only once it exists. */
import type { IconName } from '@/components/ui/icon';

export interface PageLink {
  path: string;
  name: string;
  icon: IconName;
}

export const PAGES: readonly PageLink[] = [{ path: '/', name: 'Overview', icon: 'overview' }];
