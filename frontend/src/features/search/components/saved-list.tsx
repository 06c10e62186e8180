import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import IconButton from '@mui/material/IconButton';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Icon } from '@/components/ui/icon';
import { ErrorNotice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import type { SearchState } from '@/lib/search-address';
import type { SavedSearch } from '@/types/shapes';

import { useChangeSearch } from '../api/change-search';
import { useDeleteSearch } from '../api/delete-search';
import { searchesQuery } from '../api/get-searches';
import { searchOfSaved } from '../saved-query';
import { SearchWords } from './search-words';

interface Props {
  search: SearchState;
  onOpen: (search: SearchState) => void;
}

export function SavedList({ search, onOpen }: Props) {
  const saved = useQuery(searchesQuery);
  const [leaving, setLeaving] = useState<SavedSearch | null>(null);
  const remove = useDeleteSearch();
  if (saved.data === undefined) {
    return saved.error === null ? <Waiting what="Asking for saved searches" /> : <ErrorNotice error={saved.error} />;
  }
  return (
    <Box component="section" aria-label="Saved searches" sx={{ minWidth: 0 }}>
      {saved.error === null ? null : <ErrorNotice error={saved.error} />}
      {saved.data.length === 0 ? (
        <Typography variant="body2" sx={{ color: 'text.secondary' }}>
          No search is saved yet. A saved one keeps the query, the time and the columns.
        </Typography>
      ) : null}
      <Box component="ul" sx={{ m: 0, p: 0, listStyle: 'none' }}>
        {saved.data.map((each) => (
          <Item key={each.id} saved={each} search={search} onOpen={onOpen} onDelete={() => setLeaving(each)} />
        ))}
      </Box>
      <ConfirmDialog
        title={`Delete the search “${leaving?.name ?? ''}”?`}
        isOpen={leaving !== null}
        onClose={() => {
          setLeaving(null);
          remove.reset();
        }}
        onConfirm={() => {
          if (leaving !== null) remove.mutate(leaving.id, { onSuccess: () => setLeaving(null) });
        }}
        words={leaving?.shared === true ? 'It is gone for everybody who reads it. Logs stay as they are.' : 'Logs stay as they are.'}
        action="Delete it"
        danger
        isBusy={remove.isPending}
        error={remove.error}
      />
    </Box>
  );
}

interface ItemProps {
  saved: SavedSearch;
  search: SearchState;
  onOpen: (search: SearchState) => void;
  onDelete: () => void;
}

function Item({ saved, search, onOpen, onDelete }: ItemProps) {
  const change = useChangeSearch();
  const [isRenamed, setIsRenamed] = useState(false);
  const kept = searchOfSaved(saved);
  return (
    <Box component="li" sx={{ display: 'grid', gap: 1, py: 3, borderBottom: 1, borderColor: 'divider', minWidth: 0 }}>
      {isRenamed ? (
        <Rename
          name={saved.name}
          isBusy={change.isPending}
          onClose={() => setIsRenamed(false)}
          onName={(name) => change.mutate({ id: saved.id, name }, { onSuccess: () => setIsRenamed(false) })}
        />
      ) : (
        <Box sx={{ display: 'flex', alignItems: 'center', gap: 1, minWidth: 0 }}>
          <Button onClick={() => onOpen(kept)} sx={{ minWidth: 0, px: 1, textAlign: 'left', overflowWrap: 'anywhere' }}>
            {saved.name}
          </Button>
          <Typography component="span" variant="body2" sx={{ flex: 1, minWidth: 0, color: 'text.secondary' }}>
            {saved.own ? (saved.shared ? 'shared' : '') : `of ${saved.owner}`}
          </Typography>
          {saved.own ? (
            <>
              <IconButton size="small" aria-label={`Rename ${saved.name}`} onClick={() => setIsRenamed(true)}>
                <Icon name="edit" size={16} />
              </IconButton>
              <IconButton size="small" aria-label={`Delete ${saved.name}`} onClick={onDelete}>
                <Icon name="trash" size={16} />
              </IconButton>
            </>
          ) : null}
        </Box>
      )}
      <Box sx={{ px: 1 }}>
        <SearchWords search={kept} />
      </Box>
      {saved.own ? (
        <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 1 }}>
          <Button size="small" color="inherit" disabled={change.isPending} onClick={() => change.mutate({ id: saved.id, shared: !saved.shared })}>
            {saved.shared ? 'Share no more' : 'Share'}
          </Button>
          <Button size="small" color="inherit" disabled={change.isPending} onClick={() => change.mutate({ id: saved.id, search })}>
            Replace by the present search
          </Button>
        </Box>
      ) : null}
      {change.error === null ? null : <ErrorNotice error={change.error} />}
    </Box>
  );
}

interface RenameProps {
  name: string;
  isBusy: boolean;
  onName: (name: string) => void;
  onClose: () => void;
}

function Rename({ name, isBusy, onName, onClose }: RenameProps) {
  const [typed, setTyped] = useState(name);
  return (
    <Box
      component="form"
      sx={{ display: 'flex', gap: 1, alignItems: 'start' }}
      onSubmit={(event) => {
        event.preventDefault();
        onName(typed.trim());
      }}
    >
      <TextField
        label="New name"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        slotProps={{ htmlInput: { maxLength: 100, autoComplete: 'off' } }}
      />
      <Button type="submit" loading={isBusy} disabled={typed.trim() === '' || typed.trim() === name} sx={{ minHeight: 40 }}>
        Rename
      </Button>
      <Button color="inherit" onClick={onClose} sx={{ minHeight: 40 }}>
        Cancel
      </Button>
    </Box>
  );
}
