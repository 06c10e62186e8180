import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useState } from 'react';

import { DeviceSnippets } from '@/components/ui/device-snippets';
import { DialogForm, FormDialog } from '@/components/ui/form-dialog';
import { ErrorNotice } from '@/components/ui/notice';

import { useAddClient } from '../api/add-client';
import { useAllowSender } from '../api/allow-sender';
import { askedOf, formFaults, isReady, type Typed } from '../client-form';
import type { Deed } from '../deed';
import type { EngineFacts } from '../engine-facts';
import { deviceOf, percent, suggestedName, type Waiting } from '../senders';
import { addedWords, allowedWords } from '../words';
import { ClientFields } from './client-fields';

interface Props {
  waiting: Waiting;
  engines: readonly EngineFacts[];
  onClose: () => void;
  onDone: (deed: Deed) => void;
}

/** Lets an unknown sender in with another name or range, or at the engine whose class fits. */
export function AllowDialog({ waiting, engines, onClose, onDone }: Props) {
  const { sender, engine: knocked } = waiting;
  const whole = engines.flatMap(({ name, whole: facts }) => (facts === null ? [] : [{ name, ...facts }]));
  const [chosen, setChosen] = useState(knocked);
  const engine = whole.find((each) => each.name === chosen);
  const clients = engine?.clients ?? [];
  const [typed, setTyped] = useState<Typed>(() => ({
    address: sender.address,
    name: suggestedName(
      sender,
      clients.map((each) => each.name),
    ),
  }));
  const allow = useAllowSender();
  const add = useAddClient();
  const isHere = chosen === knocked;
  const error = isHere ? allow.error : add.error;
  const faults = formFaults(error);
  const send = () => {
    const client = askedOf(typed);
    if (isHere) {
      allow.mutate({ engine: chosen, ...client }, { onSuccess: () => onDone({ words: allowedWords(chosen, client.name) }) });
    } else {
      add.mutate({ engine: chosen, client }, { onSuccess: () => onDone({ words: addedWords(chosen, client) }) });
    }
  };
  return (
    <FormDialog title={`Allow ${sender.address}`} isOpen onClose={onClose}>
      <DialogForm
        action="Allow"
        isBusy={allow.isPending || add.isPending}
        isReady={isReady(typed, clients)}
        refusal={error}
        onSubmit={send}
        onClose={onClose}
      >
        {faults.rest === null ? null : <ErrorNotice error={faults.rest} />}
        <TextField select label="Engine" value={chosen} onChange={(event) => setChosen(event.target.value)}>
          {whole.map((each) => (
            <MenuItem key={each.name} value={each.name} sx={{ whiteSpace: 'normal' }}>
              {each.name}: class {each.logClass}
              {fitWords(sender.hit_rates[each.logClass])}, port {each.port}
            </MenuItem>
          ))}
        </TextField>
        {engine === undefined || isHere ? null : (
          <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 3 }}>
            <Typography variant="body2">
              It sends to {knocked} now, and goes on being refused there. Make it send to port {engine.port} instead:
            </Typography>
            <DeviceSnippets key={engine.name} port={engine.port} addresses={engine.addresses} first={deviceOf(sender)} />
          </Box>
        )}
        <ClientFields typed={typed} onType={setTyped} faults={faults} others={clients} sender={sender.address} />
      </DialogForm>
    </FormDialog>
  );
}

function fitWords(hits: number | null | undefined): string {
  return hits == null || hits === 0 ? '' : ` (${percent(hits)} of its fields found)`;
}
