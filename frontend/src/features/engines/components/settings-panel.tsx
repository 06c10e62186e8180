import Box from '@mui/material/Box';
import Typography from '@mui/material/Typography';
import { Fragment } from 'react';

import { Panel } from '@/components/ui/panel';
import type { EngineStatus } from '@/types/shapes';

import { settingsInWords } from '../settings-in-words';

/** What was chosen for the engine, and what is as always. */
export function SettingsPanel({ engine }: { engine: EngineStatus }) {
  return (
    <Panel title="Settings">
      <Box
        component="dl"
        sx={{ m: 0, p: 4, display: 'grid', gridTemplateColumns: 'minmax(0, 2fr) minmax(0, 3fr)', columnGap: 4, rowGap: 2 }}
      >
        {settingsInWords(engine.settings, engine.autostart).map(({ name, words }) => (
          <Fragment key={name}>
            <Typography component="dt" sx={{ color: 'text.secondary' }}>
              {name}
            </Typography>
            <Typography component="dd" sx={{ m: 0, overflowWrap: 'anywhere' }}>
              {words}
            </Typography>
          </Fragment>
        ))}
      </Box>
    </Panel>
  );
}
