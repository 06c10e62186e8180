/** What a role may do, as the API's table of roles says it; the API itself decides, the pages only do not offer the rest. */
import type { Me } from '@/types/shapes';

const ROLES = ['viewer', 'analyst', 'operator', 'admin'] as const;

export type Right = 'see' | 'search' | 'operate' | 'administer';

/** The least role that has each right. */
const LEAST: Record<Right, (typeof ROLES)[number]> = {
  see: 'viewer',
  search: 'analyst',
  operate: 'operator',
  administer: 'admin',
};

export function may(me: Pick<Me, 'role'>, right: Right): boolean {
  return ROLES.indexOf(me.role) >= ROLES.indexOf(LEAST[right]);
}
