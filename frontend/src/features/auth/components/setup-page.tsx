import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import Stack from '@mui/material/Stack';
import TextField from '@mui/material/TextField';
import Typography from '@mui/material/Typography';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Navigate } from 'react-router';

import { ErrorNotice } from '@/components/ui/notice';
import { PlainPage } from '@/components/ui/page';
import { Waiting } from '@/components/ui/waiting';
import { fonts } from '@/config/tokens';
import { useSession } from '@/hooks/use-session';

import { doorQuery } from '../api/get-door';
import { useSetUp } from '../api/set-up';
import { fieldError, formError } from '../field-error';
import { strengthOf } from '../strength';
import { PasswordField } from './password-field';
import { PasswordStrength } from './password-strength';

const NAMES = ['code', 'name', 'password'];

export function SetupPage() {
  const session = useSession();
  const door = useQuery(doorQuery);
  if (session.data != null) return <Navigate to="/" replace />;
  if (door.data?.open === false) return <Navigate to="/sign-in" replace />;
  return (
    <PlainPage title="Make the first admin">
      <Typography sx={{ mb: 5, color: 'text.secondary' }}>
        The setup code shows that you may write to this server. It stands in the file{' '}
        <Box component="code" sx={{ fontFamily: fonts.lines, fontSize: 13, color: 'text.primary' }}>
          _control/setup.code
        </Box>{' '}
        of the data directory, and the terminal that started Syslogger shows it.
      </Typography>
      {door.error === null ? null : <ErrorNotice error={door.error} />}
      {door.data === undefined ? <>{door.isPending ? <Waiting what="Asking the server" /> : null}</> : <SetupForm />}
    </PlainPage>
  );
}

function SetupForm() {
  const setUp = useSetUp();
  const [code, setCode] = useState('');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const rest = formError(setUp.error, NAMES);
  const isStrong = strengthOf(password, name).level > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isStrong) setUp.mutate({ code: code.trim(), name: name.trim(), password });
      }}
    >
      <Stack spacing={4}>
        {rest === null ? null : <ErrorNotice error={rest} />}
        <Field label="Setup code" name="code" value={code} set={setCode} error={fieldError(setUp.error, 'code')} />
        <Field label="Name" name="name" value={name} set={setName} error={fieldError(setUp.error, 'name')} />
        <PasswordField
          value={password}
          onChange={setPassword}
          autoComplete="new-password"
          error={fieldError(setUp.error, 'password')}
        />
        <PasswordStrength password={password} name={name} />
        <Button type="submit" variant="contained" loading={setUp.isPending} disabled={!isStrong}>
          Make the admin and sign in
        </Button>
      </Stack>
    </form>
  );
}

interface FieldProps {
  label: string;
  name: string;
  value: string;
  set: (value: string) => void;
  error: string | undefined;
}

function Field({ label, name, value, set, error }: FieldProps) {
  return (
    <TextField
      label={label}
      name={name}
      autoComplete={name === 'name' ? 'username' : 'off'}
      required
      value={value}
      onChange={(event) => set(event.target.value)}
      error={error !== undefined}
      helperText={error}
      slotProps={{
        htmlInput: { maxLength: 200, autoCapitalize: 'none', spellCheck: false },
        inputLabel: { required: false },
      }}
    />
  );
}
