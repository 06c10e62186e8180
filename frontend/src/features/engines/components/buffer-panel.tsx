import Box from '@mui/material/Box';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import type { ReactNode } from 'react';

import { Notice } from '@/components/ui/notice';
import { Panel } from '@/components/ui/panel';
import { Snippet } from '@/components/ui/snippet';
import { count } from '@/lib/format';
import type { EngineBuffer, EngineRing } from '@/types/shapes';

import { bufferInWords } from '../buffer-words';

interface Props {
  buffer: EngineBuffer;
  ring: EngineRing;
  /** Since the engine's start. */
  kernelDropped: number;
}

/** Where messages wait: in the kernel before they are taken, in the ring until they are stored. */
export function BufferPanel({ buffer, ring, kernelDropped }: Props) {
  const words = bufferInWords(buffer);
  return (
    <Panel title="Buffers">
      <Box sx={{ p: 4, display: 'grid', gap: 3 }}>
        <Fact name="Ring">
          {ring.depth} of {ring.slots} batches wait to be stored
        </Fact>
        <LinearProgress
          variant="determinate"
          aria-label="Ring in use"
          value={ring.slots === 0 ? 0 : Math.min(100, (100 * ring.depth) / ring.slots)}
          color={ring.depth >= ring.slots ? 'warning' : 'primary'}
        />
        <Fact name="Receive buffer">
          asked {words.asked}, granted {words.granted}
          {buffer.sockets > 1 ? `, on each of ${count(buffer.sockets)} sockets` : ''}
        </Fact>
        {words.fix === null ? null : (
          <Notice kind="warning" title="The kernel granted a smaller receive buffer than was asked for.">
            {words.why} {kernelDropped > 0 ? `It has dropped ${count(kernelDropped)} so far.` : ''}
            <Box sx={{ mt: 3 }}>
              <Snippet
                label="the whole buffer"
                where="Paste into a terminal of this server, then restart the engine."
                text={words.fix}
              />
            </Box>
          </Notice>
        )}
      </Box>
    </Panel>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 3, justifyContent: 'space-between' }}>
      <Typography component="span" sx={{ color: 'text.secondary' }}>
        {name}
      </Typography>
      <Typography component="span">{children}</Typography>
    </Box>
  );
}
