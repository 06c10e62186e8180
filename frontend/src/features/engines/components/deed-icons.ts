import type { IconName } from '@/components/ui/icon';

import type { Deed } from '../deeds';

export const DEED_ICONS: Record<Deed, IconName> = {
  start: 'play',
  stop: 'stopped',
  restart: 'again',
  pause: 'pause',
  resume: 'play',
  edit: 'edit',
  delete: 'trash',
};
