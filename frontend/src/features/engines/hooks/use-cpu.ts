import { useState } from 'react';

import type { EngineProcess } from '@/types/shapes';

import { looked, type Looks } from '../cpu-shares';

/** The looks at processes of the last seconds: what is shown of CPU is the difference. */
export function useCpu(processes: readonly EngineProcess[], at: number): Looks {
  const [kept, setKept] = useState<{ processes: readonly EngineProcess[]; looks: Looks }>(() => ({
    processes,
    looks: looked([], processes, at),
  }));
  if (kept.processes === processes) return kept.looks;
  const looks = looked(kept.looks, processes, at);
  setKept({ processes, looks });
  return looks;
}
