import { createContext, use } from 'react';

import type { Mode } from '@/config/tokens';

export interface ModeSwitch {
  mode: Mode;
  turn: () => void;
}

export const ModeContext = createContext<ModeSwitch>({ mode: 'light', turn: () => undefined });

export function useMode(): ModeSwitch {
  return use(ModeContext);
}
