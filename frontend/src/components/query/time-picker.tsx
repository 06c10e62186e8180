import Button from '@mui/material/Button';
import Popover from '@mui/material/Popover';
import { useId, useState } from 'react';

import { Icon } from '@/components/ui/icon';
import { rangeWords, type TimeRange } from '@/lib/time-range';

import { TimeChoice } from './time-choice';

interface Props {
  value: TimeRange;
  onChange: (range: TimeRange) => void;
  /** The product's time zone. */
  zone: string;
}

/** From when to when: relative, absolute, typed, or around a moment. */
export function TimePicker({ value, onChange, zone }: Props) {
  const id = useId();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const words = rangeWords(value, zone);
  return (
    <>
      <Button
        variant="outlined"
        color="inherit"
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        aria-label={`Time range: ${words}`}
        startIcon={<Icon name="waiting" />}
        endIcon={<Icon name="down" size={16} />}
        onClick={(event) => setAnchor(event.currentTarget)}
        sx={buttonStyle}
      >
        {words}
      </Button>
      <Popover
        open={anchor !== null}
        anchorEl={anchor}
        onClose={() => setAnchor(null)}
        anchorOrigin={{ vertical: 'bottom', horizontal: 'right' }}
        transformOrigin={{ vertical: 'top', horizontal: 'right' }}
        slotProps={{
          paper: { role: 'dialog', 'aria-labelledby': id, sx: { p: 4, width: 560, border: 1, borderColor: 'divider' } },
        }}
      >
        <TimeChoice
          titleId={id}
          value={value}
          zone={zone}
          onChoose={(range) => {
            setAnchor(null);
            onChange(range);
          }}
        />
      </Popover>
    </>
  );
}

/** On a phone the words alone say what it is. */
const buttonStyle = {
  minHeight: 38,
  maxWidth: '100%',
  px: { xs: 2, sm: 4 },
  borderColor: 'divider',
  fontWeight: 400,
  whiteSpace: 'nowrap',
  '& .MuiButton-startIcon': { display: { xs: 'none', sm: 'inherit' } },
};
