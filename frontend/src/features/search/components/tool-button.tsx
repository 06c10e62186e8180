import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import type { Theme } from '@mui/material/styles';
import type { MouseEvent, ReactNode } from 'react';

import { Icon, type IconName } from '@/components/ui/icon';
import { unseenOnPhone } from '@/components/ui/unseen';

interface Props {
  icon: IconName;
  children: ReactNode;
  onClick: (event: MouseEvent<HTMLButtonElement>) => void;
  /** What opens: a dialog or a menu. */
  opens?: 'dialog' | 'menu';
  isOpen?: boolean;
  shortcut?: string;
  onBlur?: () => void;
}

/** A button of the line at the top; on a phone the word is for screen readers only. */
export function ToolButton({ icon, children, opens, isOpen, shortcut, ...rest }: Props) {
  return (
    <Button
      color="inherit"
      {...(opens === undefined ? {} : { 'aria-haspopup': opens })}
      {...(isOpen === undefined ? {} : { 'aria-expanded': isOpen })}
      {...(shortcut === undefined ? {} : { 'aria-keyshortcuts': shortcut })}
      startIcon={<Icon name={icon} />}
      sx={buttonStyle}
      {...rest}
    >
      <Box component="span" sx={unseenOnPhone}>
        {children}
      </Box>
    </Button>
  );
}

function buttonStyle({ breakpoints }: Theme) {
  return {
    minHeight: 38,
    minWidth: 38,
    [breakpoints.down('sm')]: { px: 2, minWidth: 36, '& .MuiButton-startIcon': { mx: 0 } },
  };
}
