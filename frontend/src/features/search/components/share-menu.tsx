import ListItemIcon from '@mui/material/ListItemIcon';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';

import { Icon, type IconName } from '@/components/ui/icon';
import { copyText } from '@/lib/copy-text';
import { queryCommand } from '@/lib/query-command';
import { searchLink, type SearchState } from '@/lib/search-address';
import { between, isFixed } from '@/lib/time-range';
import type { Searched } from '@/types/shapes';

import { ToolButton } from './tool-button';
import { Unseen } from './unseen';

interface Props {
  search: SearchState;
  /** What was searched: instants for a link that means the same tomorrow. */
  searched: Searched | null;
}

/** A search for somebody else: as a link, or as a command. */
export function ShareMenu({ search, searched }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [said, setSaid] = useState('');
  const copy = (text: string) => {
    setAnchor(null);
    void copyText(text).then((isCopied) => setSaid(isCopied ? 'Copied' : 'Not copied'));
  };
  const link = (of: SearchState) => `${window.location.origin}${searchLink(of)}`;
  const fixed = fixedSearch(search, searched);
  return (
    <>
      <ToolButton
        icon="link"
        opens="menu"
        isOpen={anchor !== null}
        onBlur={() => setSaid('')}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {said === '' ? 'Share' : said}
      </ToolButton>
      <Unseen role="status">{said}</Unseen>
      <Menu open={anchor !== null} anchorEl={anchor} onClose={() => setAnchor(null)}>
        <Item icon="link" onClick={() => copy(link(search))}>
          Copy link
        </Item>
        {fixed === null ? null : (
          <Item icon="link" onClick={() => copy(link(fixed))}>
            Copy link to exactly this time
          </Item>
        )}
        <Item icon="copy" onClick={() => copy(queryCommand(search))}>
          Copy as command
        </Item>
      </Menu>
    </>
  );
}

function Item({ icon, onClick, children }: { icon: IconName; onClick: () => void; children: string }) {
  return (
    <MenuItem onClick={onClick}>
      <ListItemIcon>
        <Icon name={icon} />
      </ListItemIcon>
      {children}
    </MenuItem>
  );
}

/** null: the range does not move with the clock, or it is not known what it meant. */
function fixedSearch(search: SearchState, searched: Searched | null): SearchState | null {
  if (searched?.since == null || isFixed(search.range)) return null;
  return { ...search, range: between(searched.since, searched.until ?? Date.now() * 1_000) };
}
