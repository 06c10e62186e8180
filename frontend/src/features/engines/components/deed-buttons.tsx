import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import { useEffect, useRef } from 'react';

import { Icon } from '@/components/ui/icon';

import { DEED_WORDS, type Deed } from '../deeds';
import { DEED_ICONS } from './deed-icons';

interface Props {
  name: string;
  deeds: readonly Deed[];
  isBusy: boolean;
  onChoose: (deed: Deed) => void;
}

/** What can be done to the engine of the page: only what is possible now. */
export function DeedButtons({ name, deeds, isBusy, onChoose }: Props) {
  const group = useRef<HTMLDivElement>(null);
  const hasFocus = useRef(false);
  const present = deeds.join(' ');
  useEffect(() => {
    // A button that is gone, because what it did is done, leaves the focus to the others.
    if (hasFocus.current && document.activeElement === document.body) group.current?.focus({ preventScroll: true });
  }, [present]);
  return (
    <Box
      ref={group}
      role="group"
      aria-label={`Actions for ${name}`}
      tabIndex={-1}
      onFocus={() => (hasFocus.current = true)}
      onBlur={() => (hasFocus.current = false)}
      sx={{ display: 'flex', flexWrap: 'wrap', gap: 2, outline: 'none' }}
    >
      {deeds.map((deed) => (
        <Button
          key={deed}
          variant="outlined"
          size="small"
          color={deed === 'delete' ? 'error' : 'primary'}
          aria-disabled={isBusy}
          startIcon={<Icon name={DEED_ICONS[deed]} size={16} />}
          onClick={() => (isBusy ? undefined : onChoose(deed))}
          sx={isBusy ? { opacity: 0.6, cursor: 'progress' } : {}}
        >
          {DEED_WORDS[deed]}
        </Button>
      ))}
    </Box>
  );
}
