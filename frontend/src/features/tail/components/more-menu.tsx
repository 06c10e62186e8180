import Divider from '@mui/material/Divider';
import IconButton from '@mui/material/IconButton';
import ListItemIcon from '@mui/material/ListItemIcon';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useState } from 'react';
import { Link as RouterLink } from 'react-router';

import { Icon, type IconName } from '@/components/ui/icon';

import type { Look } from '../stored-look';

interface Props {
  look: Look;
  onLook: (look: Look) => void;
  onClear: () => void;
  searchPath: string;
}

export function MoreMenu({ look, onLook, onClear, searchPath }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const isWide = look.density === 'comfortable';
  const close = () => setAnchor(null);
  return (
    <>
      <IconButton
        aria-label="More"
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={{ color: 'text.primary' }}
      >
        <Icon name="more" />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={close} disableScrollLock slotProps={{ list: { dense: true } }}>
        <MenuItem
          role="menuitemcheckbox"
          aria-checked={look.isWrapped}
          onClick={() => onLook({ ...look, isWrapped: !look.isWrapped })}
        >
          <Sign name={look.isWrapped ? 'check' : null} />
          Wrap lines
        </MenuItem>
        <MenuItem
          role="menuitemcheckbox"
          aria-checked={isWide}
          onClick={() => onLook({ ...look, density: isWide ? 'dense' : 'comfortable' })}
        >
          <Sign name={isWide ? 'check' : null} />
          Taller rows
        </MenuItem>
        <Divider />
        <MenuItem component={RouterLink} to={searchPath} onClick={close}>
          <Sign name="search" />
          Search for the same
        </MenuItem>
        <MenuItem
          onClick={() => {
            close();
            onClear();
          }}
        >
          <Sign name="trash" />
          Clear the rows here; they stay stored
        </MenuItem>
      </Menu>
    </>
  );
}

function Sign({ name }: { name: IconName | null }) {
  return <ListItemIcon>{name === null ? null : <Icon name={name} size={16} />}</ListItemIcon>;
}
