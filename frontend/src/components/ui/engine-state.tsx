import Box from '@mui/material/Box';

import { Icon, type IconName } from './icon';

const LOOKS: Record<string, { icon: IconName; colour: string }> = {
  running: { icon: 'check', colour: 'success.main' },
  paused: { icon: 'pause', colour: 'warning.main' },
  degraded: { icon: 'warning', colour: 'warning.main' },
  resting: { icon: 'waiting', colour: 'warning.main' },
  failed: { icon: 'bad', colour: 'error.main' },
  stopped: { icon: 'stopped', colour: 'text.secondary' },
};

/** A state as a word with its sign; one that is not known here is shown all the same. */
export function EngineState({ state }: { state: string }) {
  const look = LOOKS[state] ?? { icon: 'waiting', colour: 'text.secondary' };
  return (
    <Box component="span" sx={{ display: 'inline-flex', alignItems: 'center', gap: 1.5, color: look.colour }}>
      <Icon name={look.icon} size={16} />
      {state.replaceAll('_', ' ')}
    </Box>
  );
}
