import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';

import { DeviceSnippets } from '@/components/ui/device-snippets';
import { Panel } from '@/components/ui/panel';
import type { EngineStatus } from '@/types/shapes';

interface Props {
  engine: EngineStatus;
  /** Nothing has arrived yet: this is the next step. */
  isFirst: boolean;
}

/** How a device is made to send to this engine. */
export function DevicesPanel({ engine, isFirst }: Props) {
  if (!isFirst) {
    return (
      <Box component="details" sx={{ border: 1, borderColor: 'divider', borderRadius: 1, bgcolor: 'background.paper' }}>
        <Box component="summary" sx={{ px: 4, py: 3, cursor: 'pointer', fontSize: 16, fontWeight: 600, borderRadius: 1 }}>
          Lines for a device
        </Box>
        <Box sx={{ p: 4, pt: 1 }}>
          <DeviceSnippets port={engine.port} addresses={engine.settings.addresses} />
        </Box>
      </Box>
    );
  }
  return (
    <Panel title={`Point a device at port ${engine.port}`} aside="waiting for the first line">
      <Box sx={{ p: 4, display: 'grid', gap: 4 }}>
        <Typography sx={{ color: 'text.secondary' }}>
          It listens, and nothing has arrived yet. Choose the device that is to send, and paste the lines there. The figures below
          begin to move by themselves.
        </Typography>
        <DeviceSnippets port={engine.port} addresses={engine.settings.addresses} />
      </Box>
    </Panel>
  );
}
