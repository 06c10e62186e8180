import FormControl from '@mui/material/FormControl';
import FormControlLabel from '@mui/material/FormControlLabel';
import FormLabel from '@mui/material/FormLabel';
import Radio from '@mui/material/Radio';
import RadioGroup from '@mui/material/RadioGroup';
import { useId, useState } from 'react';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { EngineDeleted } from '@/types/shapes';

import { useDeleteEngine, type Days } from '../api/delete-engine';

interface Props {
  name: string;
  isOpen: boolean;
  onClose: () => void;
  onDeleted: (deleted: EngineDeleted) => void;
}

const CHOICE = { alignItems: 'flex-start', mt: 2 };

/** Deleting an engine, with its days or without; nothing of it can be undone, so its name is typed. */
export function DeleteDialog({ name, isOpen, onClose, onDeleted }: Props) {
  const id = useId();
  const [days, setDays] = useState<Days>('keep');
  const remove = useDeleteEngine(name);
  const close = () => {
    remove.reset();
    setDays('keep');
    onClose();
  };
  return (
    <ConfirmDialog
      title={`Delete ${name}?`}
      words="It stores what it has received and ends. Its settings, allowed senders and port are gone, and devices that still send to it are not heard."
      action={days === 'delete' ? 'Delete it and its days' : 'Delete it'}
      danger
      typed={name}
      isOpen={isOpen}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={close}
      onConfirm={() =>
        remove.mutate(days, {
          onSuccess: (deleted) => {
            close();
            onDeleted(deleted);
          },
        })
      }
    >
      <FormControl>
        <FormLabel id={id}>Its stored days</FormLabel>
        <RadioGroup aria-labelledby={id} value={days} onChange={(event) => setDays(event.target.value as Days)}>
          <FormControlLabel
            value="keep"
            control={<Radio size="small" sx={{ py: 0 }} />}
            sx={CHOICE}
            label="Keep them: the files stay on the disk, and an engine of this name and class goes on with them."
          />
          <FormControlLabel
            value="delete"
            control={<Radio size="small" sx={{ py: 0 }} />}
            sx={CHOICE}
            label="Delete them: every stored line of this engine is gone for good."
          />
        </RadioGroup>
      </FormControl>
    </ConfirmDialog>
  );
}
