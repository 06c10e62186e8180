import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { likelyHost, snippetsFor, UNKNOWN_HOST, type Snippet as Ready } from '@/lib/snippets';

import { Snippet } from './snippet';

interface Props {
  /** UDP port of the engine. */
  port: number;
  /** What the engine listens on, as its settings say; empty: every address. */
  addresses?: readonly string[];
  first?: Ready['kind'];
}

/** How a device is made to send here: the kind of device, this server's address as it sees it, and the ready lines. */
export function DeviceSnippets({ port, addresses = [], first = 'routeros' }: Props) {
  const [kind, setKind] = useState<Ready['kind']>(first);
  const [typed, setTyped] = useState<string | null>(null);
  const likely = likelyHost(window.location.hostname, addresses);
  const host = typed ?? (likely === UNKNOWN_HOST ? '' : likely);
  const ready = snippetsFor({ host, port });
  const chosen = ready.find((each) => each.kind === kind);
  return (
    <Box sx={{ display: 'grid', gap: 3, minWidth: 0 }}>
      <Box sx={{ display: 'grid', gap: 3, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 320px))' } }}>
        <TextField
          select
          label="Device"
          value={kind}
          onChange={(event) => setKind(event.target.value as Ready['kind'])}
        >
          {ready.map((each) => (
            <MenuItem key={each.kind} value={each.kind}>
              {each.name}
            </MenuItem>
          ))}
        </TextField>
        <TextField
          label="This server, as the device sees it"
          helperText={host.trim() === '' ? 'Type its address: it then stands in the lines below.' : undefined}
          value={host}
          onChange={(event) => setTyped(event.target.value)}
          slotProps={{ htmlInput: { maxLength: 253, autoCapitalize: 'none', spellCheck: false } }}
        />
      </Box>
      {chosen === undefined ? null : <Snippet label={chosen.name} where={chosen.where} text={chosen.text} />}
    </Box>
  );
}
