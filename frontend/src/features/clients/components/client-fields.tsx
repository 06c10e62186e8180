import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import TextField from '@mui/material/TextField';
import { useEffect, useId, useRef } from 'react';

import { networkOf, type Named } from '@/lib/cidr';

import { nameFault, type FormFaults, type Typed } from '../client-form';
import { RangeHelp } from './range-help';

interface Props {
  typed: Typed;
  onType: (typed: Typed) => void;
  faults: FormFaults;
  /** The other clients of the engine. */
  others: readonly Named[];
  /** Who is to be let in; the network around it is offered. */
  sender?: string;
}

/** Range and name of a client, and what the range means. The form is opened to type these. */
export function ClientFields({ typed, onType, faults, others, sender }: Props) {
  const id = useId();
  const range = useRef<HTMLInputElement>(null);
  useEffect(() => range.current?.focus(), []);
  const network = sender === undefined ? null : networkOf(sender);
  const written = typed.address.trim();
  const fault = nameFault(typed, others) ?? faults.name;
  const take = (address: string) => {
    onType({ ...typed, address });
    range.current?.focus();
  };
  return (
    <>
      <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 2 }}>
        <TextField
          label="Range of addresses"
          inputRef={range}
          value={typed.address}
          onChange={(event) => onType({ ...typed, address: event.target.value })}
          error={faults.address !== undefined}
          helperText={faults.address}
          slotProps={{
            formHelperText: { id: `${id}-fault`, role: 'alert' },
            htmlInput: { ...AS_TYPED, 'aria-describedby': `${id}-fault ${id}-help` },
          }}
        />
        <RangeHelp id={`${id}-help`} written={typed.address} others={others} onFix={take} />
        {network === null || written === network ? null : (
          <Box>
            <Button size="small" variant="outlined" onClick={() => take(network)}>
              Use its whole network, {network}
            </Button>
          </Box>
        )}
      </Box>
      <TextField
        label="Name"
        placeholder={written === '' ? 'branch-7' : written}
        value={typed.name}
        onChange={(event) => onType({ ...typed, name: event.target.value })}
        error={fault !== undefined}
        helperText={fault ?? 'Stands in every row it sends. Without one, the range is the name.'}
        slotProps={{ htmlInput: AS_TYPED, inputLabel: { shrink: true } }}
      />
    </>
  );
}

const AS_TYPED = { maxLength: 100, autoCapitalize: 'none', spellCheck: false };
