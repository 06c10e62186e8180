import { useMutation, useQueryClient } from '@tanstack/react-query';

import { ask } from '@/lib/api-client';
import type { EngineSeen } from '@/types/shapes';

import { enginePath } from '../api/get-engine';
import { ENGINES_KEY } from '../api/get-engines';
import { pauseEngine } from '../api/pause-engine';
import { restartEngine } from '../api/restart-engine';
import { resumeEngine } from '../api/resume-engine';
import { startEngine } from '../api/start-engine';
import { stopEngine } from '../api/stop-engine';
import { takeableReasons, type Command } from '../deeds';
import { saidOfPause, saidOfState, saidOfStop } from '../said';

export interface Asked {
  command: Command;
  name: string;
  /** Why it is paused. */
  reason?: string;
}

/** Commands to engines. The answer is what the server said, in words; what is shown of engines is asked anew. */
export function useCommand() {
  const client = useQueryClient();
  return useMutation({
    mutationFn: obey,
    onSettled: () => client.invalidateQueries({ queryKey: ENGINES_KEY }),
  });
}

async function obey({ command, name, reason = 'operator' }: Asked): Promise<string> {
  switch (command) {
    case 'start': {
      const { state, why } = await startEngine(name);
      return saidOfState(name, state, why);
    }
    case 'restart': {
      const { state, why } = await restartEngine(name);
      return saidOfState(name, state, why);
    }
    case 'stop':
      return saidOfStop(name, (await stopEngine(name)).ledger);
    case 'pause': {
      const { state, pause_reasons } = await pauseEngine(name, reason);
      return saidOfPause(name, state, pause_reasons);
    }
    case 'resume':
      return resumed(name);
  }
}

/** Takes every reason away that people gave: which ones there are is asked of the server first. */
async function resumed(name: string): Promise<string> {
  const engine = await ask<EngineSeen>('GET', enginePath(name));
  let said = saidOfState(name, engine.state, '');
  for (const reason of takeableReasons(engine.whole ? (engine.pause_reasons ?? null) : null)) {
    const { state, pause_reasons } = await resumeEngine(name, reason);
    said = saidOfPause(name, state, pause_reasons);
  }
  return said;
}
