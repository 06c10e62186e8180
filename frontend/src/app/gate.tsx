import Button from '@mui/material/Button';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Navigate, useLocation } from 'react-router';

import { ErrorNotice } from '@/components/ui/notice';
import { PlainPage } from '@/components/ui/page';
import { Waiting } from '@/components/ui/waiting';
import { SessionContext } from '@/hooks/use-session';
import { signInPath } from '@/lib/return-path';
import { sessionQuery } from '@/lib/session';

import { LiveProvider } from './live-provider';

/** Lets in who is signed in; everybody else goes to the sign-in and comes back. */
export function Gate({ children }: { children: ReactNode }) {
  const location = useLocation();
  const session = useQuery({ ...sessionQuery, refetchInterval: ({ state }) => (state.error === null ? false : 5_000) });
  if (session.data === undefined) {
    return session.error === null ? (
      <Waiting what="Asking who is signed in" />
    ) : (
      <PlainPage title="No connection">
        <ErrorNotice error={session.error} />
        <Button sx={{ mt: 4 }} variant="contained" onClick={() => void session.refetch()}>
          Try again now
        </Button>
      </PlainPage>
    );
  }
  if (session.data === null) {
    return <Navigate to={signInPath(`${location.pathname}${location.search}`)} replace />;
  }
  return (
    <SessionContext value={session.data}>
      <LiveProvider key={session.data.user.id}>{children}</LiveProvider>
    </SessionContext>
  );
}
