import { CacheProvider, type EmotionCache } from '@emotion/react';
import CssBaseline from '@mui/material/CssBaseline';
import { ThemeProvider } from '@mui/material/styles';
import { QueryClientProvider, type QueryClient } from '@tanstack/react-query';
import { Suspense, useMemo, useState, type ReactNode } from 'react';

import { Waiting } from '@/components/ui/waiting';
import { themeOf } from '@/config/theme';
import type { Mode } from '@/config/tokens';
import { ModeContext } from '@/hooks/use-mode';
import { firstMode, storeMode } from '@/lib/stored-mode';

interface Props {
  client: QueryClient;
  cache: EmotionCache;
  children: ReactNode;
}

/** Everything that all pages stand on. */
export function App({ client, cache, children }: Props) {
  const [mode, setMode] = useState<Mode>(firstMode);
  const theme = useMemo(() => themeOf(mode), [mode]);
  const value = useMemo(() => {
    const turn = () => {
      const next = mode === 'dark' ? 'light' : 'dark';
      storeMode(next);
      setMode(next);
    };
    return { mode, turn };
  }, [mode]);
  return (
    <CacheProvider value={cache}>
      <ThemeProvider theme={theme}>
        <CssBaseline />
        <QueryClientProvider client={client}>
          <ModeContext value={value}>
            <Suspense fallback={<Waiting what="Loading" />}>{children}</Suspense>
          </ModeContext>
        </QueryClientProvider>
      </ThemeProvider>
    </CacheProvider>
  );
}
