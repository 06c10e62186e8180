import IconButton from '@mui/material/IconButton';
import Divider from '@mui/material/Divider';
import Menu from '@mui/material/Menu';
import MenuItem from '@mui/material/MenuItem';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { sentence } from '@/components/ui/notice';
import { useMe, useSignOut } from '@/hooks/use-session';

export function PersonMenu() {
  const me = useMe();
  const signOut = useSignOut();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  return (
    <>
      <IconButton
        aria-label={`Account of ${me.user.name}`}
        aria-haspopup="menu"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(event.currentTarget)}
      >
        <Icon name="person" />
      </IconButton>
      <Menu anchorEl={anchor} open={anchor !== null} onClose={() => setAnchor(null)}>
        <MenuItem disabled sx={{ opacity: '1 !important', display: 'block' }}>
          <Typography sx={{ fontWeight: 600 }}>{me.user.name}</Typography>
          <Typography variant="body2" sx={{ color: 'text.secondary' }}>
            {me.role}
          </Typography>
        </MenuItem>
        <Divider />
        <MenuItem disabled={signOut.isPending} onClick={() => signOut.mutate()}>
          Sign out
        </MenuItem>
        {signOut.error === null ? null : (
          <Typography role="alert" variant="body2" sx={{ px: 4, py: 2, maxWidth: 280, color: 'error.main' }}>
            {sentence(signOut.error.message)} You are still signed in.
          </Typography>
        )}
      </Menu>
    </>
  );
}
