import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Typography from '@mui/material/Typography';

import { EngineState } from '@/components/ui/engine-state';
import { Notice, sentence } from '@/components/ui/notice';
import { counted, duration } from '@/lib/format';
import type { EngineStatus } from '@/types/shapes';

import { possibleDeeds, type Deed, type Rights } from '../deeds';
import { lineOf } from '../engine-lines';
import { useNow } from '@/hooks/use-now';
import { listed, settingNames } from '../setting-words';
import { DeedButtons } from './deed-buttons';

interface Props {
  engine: EngineStatus;
  rights: Rights;
  isBusy: boolean;
  onChoose: (deed: Deed) => void;
}

/** State and since when and why, and the buttons for what is possible now. */
export function StatePanel({ engine, rights, isBusy, onChoose }: Props) {
  const now = useNow();
  const deeds = possibleDeeds(lineOf(engine), rights);
  return (
    <>
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 4, justifyContent: 'space-between', alignItems: 'center' }}>
        <Box sx={{ minWidth: 0 }}>
          <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 3, alignItems: 'baseline', fontSize: 16, fontWeight: 600 }}>
            <EngineState state={engine.state} />
            <Typography component="span" sx={{ color: 'text.secondary' }}>
              for {duration(now / 1_000 - engine.since)}
            </Typography>
          </Box>
          <Typography variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
            {factsOf(engine)}
          </Typography>
        </Box>
        {deeds.length === 0 ? null : <DeedButtons name={engine.engine} deeds={deeds} isBusy={isBusy} onChoose={onChoose} />}
      </Box>
      <Why engine={engine} />
      {engine.needs_restart.length === 0 ? null : (
        <Notice kind="warning" title={`Waiting for a restart: ${settingNames(engine.needs_restart)}.`}>
          It goes on with the former {engine.needs_restart.length === 1 ? 'value' : 'values'} until then.
          {deeds.includes('restart') ? (
            <Box sx={{ mt: 2 }}>
              <Button size="small" variant="outlined" onClick={() => (isBusy ? undefined : onChoose('restart'))}>
                Restart…
              </Button>
            </Box>
          ) : null}
        </Notice>
      )}
    </>
  );
}

/** Why it is not simply running, where it says so. */
function Why({ engine }: { engine: EngineStatus }) {
  if (engine.state === 'paused') {
    const reasons = (engine.pause_reasons ?? []).map((reason) => reason.replaceAll('_', ' '));
    return (
      <Notice kind="warning" title="It stores nothing while it is paused.">
        What arrives is read and counted as dropped. {reasons.length === 0 ? '' : `Reasons: ${listed(reasons)}.`}{' '}
        {(engine.pause_reasons ?? []).includes('no_space')
          ? 'The disk is fuller than SPACE_PERCENTAGE_TO_STOP allows: it goes on by itself when there is space.'
          : ''}
      </Notice>
    );
  }
  if (engine.why === '') return null;
  const kind = engine.state === 'failed' ? 'bad' : engine.state === 'degraded' ? 'warning' : 'info';
  return (
    <Notice kind={kind} title={sentence(engine.why)}>
      {engine.state === 'failed' ? 'What was stored stays. Nothing listens on its port until it runs again.' : ''}
      {engine.last_exit === null ? '' : ` Last end: ${engine.last_exit}.`}
    </Notice>
  );
}

function factsOf({ title, class: logClass, port, settings, restarts, autostart }: EngineStatus): string {
  const where = settings.addresses.length === 0 ? 'every address' : listed(settings.addresses);
  return [
    title,
    `class ${logClass}`,
    `UDP port ${port} on ${where}`,
    restarts > 0 ? `started again ${counted(restarts, 'time')}` : '',
    autostart ? '' : 'not started with the server',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
