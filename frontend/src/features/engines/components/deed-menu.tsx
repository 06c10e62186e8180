import CircularProgress from '@mui/material/CircularProgress';
import IconButton from '@mui/material/IconButton';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import { useRef, useState } from 'react';

import { Icon } from '@/components/ui/icon';

import { DEED_WORDS, type Deed } from '../deeds';
import { DEED_ICONS } from './deed-icons';

interface Props {
  name: string;
  deeds: readonly Deed[];
  isBusy: boolean;
  onChoose: (deed: Deed) => void;
}

/** What can be done to one engine of the list. */
export function DeedMenu({ name, deeds, isBusy, onChoose }: Props) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const chosen = useRef<Deed | null>(null);
  if (deeds.length === 0) return null;
  return (
    <>
      <IconButton
        aria-label={isBusy ? `Actions for ${name}, the server is at it` : `Actions for ${name}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        size="small"
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        {isBusy ? <CircularProgress size={18} color="inherit" aria-hidden="true" /> : <Icon name="more" />}
      </IconButton>
      <Menu
        anchorEl={anchor}
        open={anchor !== null}
        onClose={() => setAnchor(null)}
        slotProps={{
          transition: {
            // Only then has the button the focus again, and the dialog can give it back.
            onExited: () => {
              const deed = chosen.current;
              chosen.current = null;
              if (deed !== null) onChoose(deed);
            },
          },
        }}
      >
        {deeds.map((deed) => (
          <MenuItem
            key={deed}
            disabled={isBusy}
            onClick={() => {
              chosen.current = deed;
              setAnchor(null);
            }}
            sx={{ gap: 3, color: deed === 'delete' ? 'error.main' : 'text.primary' }}
          >
            <Icon name={DEED_ICONS[deed]} />
            {DEED_WORDS[deed]}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
