import Box from '@mui/material/Box';
import IconButton from '@mui/material/IconButton';
import InputAdornment from '@mui/material/InputAdornment';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';

import { Icon } from '@/components/ui/icon';

import type { EngineFacts } from '../engine-facts';
import type { Place } from '../place';

interface Props {
  engines: readonly EngineFacts[];
  place: Place;
  onGo: (changes: Partial<Place>) => void;
}

const ALL = '';

/** Which engine, and a filter. */
export function PlaceBar({ engines, place, onGo }: Props) {
  const isKnown = place.engine === null || engines.some((each) => each.name === place.engine);
  return (
    <Box sx={{ display: 'grid', gap: 3, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '220px minmax(0, 360px)' } }}>
      <TextField
        select
        label="Engine"
        value={place.engine ?? ALL}
        onChange={(event) => onGo({ engine: event.target.value === ALL ? null : event.target.value })}
        slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
      >
        <MenuItem value={ALL}>All engines</MenuItem>
        {engines.map((each) => (
          <MenuItem key={each.name} value={each.name}>
            {each.name}
          </MenuItem>
        ))}
        {isKnown ? null : <MenuItem value={place.engine ?? ALL}>{place.engine} (not there)</MenuItem>}
      </TextField>
      <TextField
        label="Filter"
        type="search"
        placeholder={place.view === 'allowed' ? 'name or range' : 'address, class or text of a line'}
        value={place.filter}
        onChange={(event) => onGo({ filter: event.target.value })}
        slotProps={{
          htmlInput: { maxLength: 200, autoCapitalize: 'none', spellCheck: false },
          inputLabel: { shrink: true },
          input: {
            endAdornment:
              place.filter === '' ? null : (
                <InputAdornment position="end">
                  <IconButton edge="end" size="small" aria-label="Clear the filter" onClick={() => onGo({ filter: '' })}>
                    <Icon name="close" size={16} />
                  </IconButton>
                </InputAdornment>
              ),
          },
        }}
      />
    </Box>
  );
}
