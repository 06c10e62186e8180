import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate, useSearchParams } from 'react-router';

import { ErrorNotice } from '@/components/ui/notice';
import { PlainPage } from '@/components/ui/page';
import { useSession } from '@/hooks/use-session';
import { returnPath } from '@/lib/return-path';

import { doorQuery } from '../api/get-door';
import { useLogIn } from '../api/log-in';
import { PasswordField } from './password-field';

export function SignInPage() {
  const [search] = useSearchParams();
  const session = useSession();
  const door = useQuery(doorQuery);
  const logIn = useLogIn();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');

  if (session.data != null) return <Navigate to={returnPath(search)} replace />;
  if (door.data?.open === true) return <Navigate to="/setup" replace />;
  return (
    <PlainPage title="Sign in">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          logIn.mutate({ name: name.trim(), password });
        }}
      >
        <Stack spacing={4}>
          {logIn.error === null ? null : <ErrorNotice error={logIn.error} />}
          <TextField
            label="Name"
            name="name"
            autoComplete="username"
            required
            value={name}
            onChange={(event) => setName(event.target.value)}
            slotProps={{
              htmlInput: { maxLength: 256, autoCapitalize: 'none', spellCheck: false },
              inputLabel: { required: false },
            }}
          />
          <PasswordField value={password} onChange={setPassword} autoComplete="current-password" />
          <Button type="submit" variant="contained" loading={logIn.isPending}>
            Sign in
          </Button>
        </Stack>
      </form>
    </PlainPage>
  );
}
