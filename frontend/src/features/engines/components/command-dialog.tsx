import TextField from '@mui/material/TextField';
import { useState } from 'react';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { fieldProblems, problemAt } from '@/lib/field-problems';

import { DEED_WORDS, questionOf, type Command } from '../deeds';

interface Props {
  name: string;
  command: Command;
  isOpen: boolean;
  isBusy: boolean;
  error: Error | null;
  onClose: () => void;
  onConfirm: (reason: string | undefined) => void;
}

/** Asks before a command that costs messages; for a pause also why. */
export function CommandDialog({ name, command, isOpen, isBusy, error, onClose, onConfirm }: Props) {
  const [reason, setReason] = useState('operator');
  const question = questionOf(command, name);
  const problems = fieldProblems(error, ['reason']);
  const isPause = command === 'pause';
  return (
    <ConfirmDialog
      title={question?.title ?? ''}
      words={question?.words ?? ''}
      action={DEED_WORDS[command]}
      danger={command === 'stop'}
      isOpen={isOpen}
      isBusy={isBusy}
      error={isPause ? problems.rest : error}
      onClose={onClose}
      onConfirm={() => onConfirm(isPause ? reason.trim() : undefined)}
    >
      {isPause ? (
        <TextField
          label="Reason"
          value={reason}
          onChange={(event) => setReason(event.target.value)}
          error={problemAt(problems, 'reason') !== undefined}
          helperText={problemAt(problems, 'reason') ?? 'One word of a-z, 0-9 and _: it stores again when every reason is taken away.'}
          slotProps={{ htmlInput: { maxLength: 40, autoCapitalize: 'none', spellCheck: false } }}
        />
      ) : null}
    </ConfirmDialog>
  );
}
