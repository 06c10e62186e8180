import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { ErrorNotice, sentence } from '@/components/ui/notice';
import { ApiError } from '@/lib/api-error';
import type { SearchState } from '@/lib/search-address';

import { useSaveSearch } from '../api/save-search';
import { SearchWords } from './search-words';

/** Keeps the present search under a name. */
export function SaveForm({ search }: { search: SearchState }) {
  const save = useSaveSearch();
  const [name, setName] = useState('');
  const [isShared, setIsShared] = useState(false);
  const wrong = save.error instanceof ApiError && isOfName(save.error) ? sentence(save.error.message) : null;
  return (
    <Box
      component="form"
      aria-label="Save this search"
      sx={{ display: 'grid', gap: 2, minWidth: 0 }}
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate({ name: name.trim(), shared: isShared, search }, { onSuccess: () => setName('') });
      }}
    >
      <SearchWords search={search} />
      {save.error === null || wrong !== null ? null : <ErrorNotice error={save.error} />}
      <Box sx={{ display: 'flex', gap: 2, alignItems: 'start' }}>
        <TextField
          label="Name"
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
          error={wrong !== null}
          helperText={wrong}
          slotProps={{ htmlInput: { maxLength: 100, autoComplete: 'off' }, inputLabel: { required: false } }}
        />
        <Button type="submit" variant="contained" loading={save.isPending} disabled={name.trim() === ''} sx={{ flex: 'none', minHeight: 40 }}>
          Save
        </Button>
      </Box>
      <FormControlLabel
        control={<Checkbox size="small" checked={isShared} onChange={(event) => setIsShared(event.target.checked)} />}
        label="Shared: others may read it"
      />
    </Box>
  );
}

function isOfName({ field, status }: ApiError): boolean {
  return field === 'body.name' || status === 409;
}
