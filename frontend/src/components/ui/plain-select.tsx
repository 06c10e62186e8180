import NativeSelect from '@mui/material/NativeSelect';
import Box from '@mui/material/Box';
import { useId } from 'react';

import { unseenOnPhone } from './unseen';

interface Props {
  label: string;
  value: string;
  options: readonly { value: string; words: string }[];
  onChange: (value: string) => void;
  onFocus?: () => void;
  /** As wide as there is room: its words are long. */
  isWide?: boolean;
  /** On a phone its name is only read aloud. */
  isBrief?: boolean;
}

/** A choice in one line with its name before it; the browser's own list, which every device knows how to show. */
export function PlainSelect({ label, value, options, onChange, onFocus, isWide = false, isBrief = false }: Props) {
  const id = useId();
  return (
    <Box sx={{ display: 'inline-flex', alignItems: 'center', gap: 2, fontSize: 13, minWidth: 0 }}>
      <Box component="label" htmlFor={id} sx={{ color: 'text.secondary', whiteSpace: 'nowrap', ...(isBrief ? unseenOnPhone : {}) }}>
        {label}
      </Box>
      <NativeSelect
        value={value}
        onChange={(event) => onChange(event.target.value)}
        {...(onFocus === undefined ? {} : { onFocus })}
        inputProps={{ id }}
        sx={{ fontSize: 13, minWidth: 0, ...(isWide ? { flex: 1 } : { maxWidth: { xs: isBrief ? 92 : 120, sm: 180 } }) }}
      >
        {options.map((option) => (
          <option key={option.value} value={option.value}>
            {option.words}
          </option>
        ))}
      </NativeSelect>
    </Box>
  );
}
