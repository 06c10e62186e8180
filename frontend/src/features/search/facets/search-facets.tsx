import Box from '@mui/material/Box';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { count } from '@/lib/format';
import type { Cell } from '@/lib/log-row';
import { askedParams, type SearchState } from '@/lib/search-address';

import { countable } from '../field-kinds';
import { FacetOfField } from './facet-of-field';
import { storedOpen, storeOpen } from './stored-open';

interface Props {
  search: SearchState;
  /** null: rows without a value. */
  onFilter: (field: string, value: Cell, how: 'for' | 'out') => void;
  fields: string[];
}

/** More than these are looked through by their names. */
const FEW_FIELDS = 12;

/** The fields of the rows; an open one shows its most frequent values, and is only then counted. */
export function SearchFacets({ search, onFilter, fields }: Props) {
  const [open, setOpen] = useState(storedOpen);
  const [wanted, setWanted] = useState('');
  const names = countable(fields);
  const text = wanted.trim().toLowerCase();
  const shown = text === '' ? names : names.filter((name) => name.includes(text));
  const turn = (name: string) => {
    const next = open.includes(name) ? open.filter((each) => each !== name) : [...open, name];
    setOpen(next);
    storeOpen(next);
  };
  const params = askedParams(search);

  return (
    <Box component="section" aria-labelledby="facets-title" sx={{ display: 'grid', gap: 2, alignContent: 'start', minWidth: 0 }}>
      <Box sx={{ display: 'flex', justifyContent: 'space-between', alignItems: 'baseline', gap: 2 }}>
        <Typography variant="h2" id="facets-title" sx={{ fontSize: 14 }}>
          Fields
        </Typography>
        <Typography component="span" variant="body2" role="status" sx={{ color: 'text.secondary' }}>
          {text === '' ? count(names.length) : `${count(shown.length)} of ${count(names.length)}`}
        </Typography>
      </Box>
      {names.length > FEW_FIELDS ? (
        <TextField
          label="Find a field"
          type="search"
          value={wanted}
          onChange={(event) => setWanted(event.target.value)}
          slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
        />
      ) : null}
      {names.length === 0 ? <Words>Fields appear once there are rows in this time range.</Words> : null}
      {names.length > 0 && shown.length === 0 ? <Words>No field has this in its name.</Words> : null}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none', minWidth: 0 }}>
        {shown.map((name) => (
          <Box component="li" key={name} sx={{ minWidth: 0 }}>
            <FacetOfField
              field={name}
              params={params}
              isOpen={open.includes(name)}
              onTurn={() => turn(name)}
              onFilter={(value, how) => onFilter(name, value, how)}
            />
          </Box>
        ))}
      </Box>
    </Box>
  );
}

function Words({ children }: { children: string }) {
  return (
    <Typography variant="body2" sx={{ color: 'text.secondary' }}>
      {children}
    </Typography>
  );
}
