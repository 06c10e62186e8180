import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { DialogForm, FormDialog } from '@/components/ui/form-dialog';
import { ErrorNotice } from '@/components/ui/notice';

import { useAddClient } from '../api/add-client';
import { useEditClient } from '../api/edit-client';
import { askedOf, formFaults, isReady, othersOf, type Typed } from '../client-form';
import type { ClientLine } from '../clients';
import type { Deed } from '../deed';
import type { EngineFacts } from '../engine-facts';
import { addedWords, editedWords } from '../words';
import { ClientFields } from './client-fields';

interface Props {
  /** Those whose clients can be changed. */
  engines: readonly EngineFacts[];
  engine: string | null;
  /** null: a new client. */
  line: ClientLine | null;
  onClose: () => void;
  onDone: (deed: Deed) => void;
}

/** Adds a client or edits one. */
export function ClientDialog({ engines, engine, line, onClose, onDone }: Props) {
  const [chosen, setChosen] = useState(engine ?? engines[0]?.name ?? '');
  const [typed, setTyped] = useState<Typed>({ address: line?.range ?? '', name: line?.name ?? '' });
  const add = useAddClient();
  const edit = useEditClient();
  const { error, isPending } = line === null ? add : edit;
  const faults = formFaults(error);
  const others = othersOf(engines.find((each) => each.name === chosen)?.whole?.clients ?? [], line?.name ?? null);
  const send = () => {
    const client = askedOf(typed);
    if (line === null) {
      add.mutate({ engine: chosen, client }, { onSuccess: () => onDone({ words: addedWords(chosen, client) }) });
    } else {
      const edited = { engine: chosen, name: line.name, client };
      edit.mutate(edited, { onSuccess: () => onDone({ words: editedWords(chosen, client) }) });
    }
  };
  return (
    <FormDialog title={line === null ? 'Add a client' : `Edit ${line.name}`} isOpen onClose={onClose}>
      <DialogForm
        action={line === null ? 'Add' : 'Save'}
        isBusy={isPending}
        isReady={isReady(typed, others)}
        refusal={error}
        onSubmit={send}
        onClose={onClose}
      >
        {faults.rest === null ? null : <ErrorNotice error={faults.rest} />}
        {line !== null || engines.length < 2 ? null : (
          <TextField select label="Engine" value={chosen} onChange={(event) => setChosen(event.target.value)}>
            {engines.map((each) => (
              <MenuItem key={each.name} value={each.name}>
                {each.name}
              </MenuItem>
            ))}
          </TextField>
        )}
        <ClientFields typed={typed} onType={setTyped} faults={faults} others={others} />
      </DialogForm>
    </FormDialog>
  );
}
