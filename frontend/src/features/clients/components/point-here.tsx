import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useId, useState } from 'react';

import { DeviceSnippets } from '@/components/ui/device-snippets';
import { Icon } from '@/components/ui/icon';

import type { EngineFacts } from '../engine-facts';

interface Props {
  engines: readonly EngineFacts[];
  chosen: string | null;
  /** Shown at once, and not folded. */
  isOpen?: boolean;
}

/** How a device is made to send to an engine. */
export function PointHere({ engines, chosen, isOpen = false }: Props) {
  const [isUnfolded, setIsUnfolded] = useState(isOpen);
  const id = useId();
  if (engines.every((each) => each.whole === null)) return null;
  return (
    <Box>
      <Button
        size="small"
        color="inherit"
        aria-expanded={isUnfolded}
        aria-controls={id}
        startIcon={<Icon name={isUnfolded ? 'down' : 'right'} size={16} />}
        onClick={() => setIsUnfolded(!isUnfolded)}
      >
        Configure a device to send here
      </Button>
      <Box id={id} hidden={!isUnfolded}>
        {isUnfolded ? <Manual engines={engines} chosen={chosen} /> : null}
      </Box>
    </Box>
  );
}

/** The ready lines for an engine; which one, where there are several. */
export function Manual({ engines, chosen }: Omit<Props, 'isOpen'>) {
  const [picked, setPicked] = useState<string | null>(null);
  const whole = engines.flatMap(({ name, whole: facts }) => (facts === null ? [] : [{ name, ...facts }]));
  const engine = whole.find((each) => each.name === (picked ?? chosen)) ?? whole[0];
  if (engine === undefined) return null;
  return (
    <Box sx={{ display: 'grid', gridTemplateColumns: 'minmax(0, 1fr)', gap: 3, pt: 3 }}>
      {chosen === null && whole.length > 1 ? (
        <TextField
          select
          label="Send to engine"
          value={engine.name}
          onChange={(event) => setPicked(event.target.value)}
          sx={{ maxWidth: 280 }}
        >
          {whole.map((each) => (
            <MenuItem key={each.name} value={each.name}>
              {each.name}
            </MenuItem>
          ))}
        </TextField>
      ) : null}
      <Typography variant="body2" sx={{ color: 'text.secondary' }}>
        {engine.name} takes syslog over UDP on port {engine.port}.
      </Typography>
      <DeviceSnippets key={engine.name} port={engine.port} addresses={engine.addresses} />
    </Box>
  );
}
