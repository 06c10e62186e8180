import Checkbox from '@mui/material/Checkbox';
import FormControlLabel from '@mui/material/FormControlLabel';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { DialogForm, FormDialog } from '@/components/ui/form-dialog';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { useMe } from '@/hooks/use-session';
import { ApiError } from '@/lib/api-error';
import { fieldProblems, type FieldProblems } from '@/lib/field-problems';
import type { Engine } from '@/types/shapes';

import { useEditEngine } from '../api/edit-engine';
import { effectsQuery } from '../api/get-effects';
import { rightsOf, runs } from '../deeds';
import { effectHint, effectOf, effectsInWords, savedInWords } from '../effect-words';
import { changesBetween, ownProblems, valuesOf } from '../engine-form';
import { FORM_FIELDS } from '../form-fields';
import { useEngine } from '../hooks/use-engine';
import { useSettled } from '../hooks/use-settled';
import { EngineFields } from './engine-fields';

interface Props {
  name: string;
  isOpen: boolean;
  onClose: () => void;
  /** What the server says has come of it. */
  onSaved: (words: string) => void;
}

export function EditDialog({ name, isOpen, onClose, onSaved }: Props) {
  return (
    <FormDialog title={`Edit ${name}`} isOpen={isOpen} onClose={onClose}>
      <Editing name={name} onClose={onClose} onSaved={onSaved} />
    </FormDialog>
  );
}

/** The form begins with the settings as they are when it opens, and keeps them although they may change meanwhile. */
function Editing({ name, onClose, onSaved }: Omit<Props, 'isOpen'>) {
  const { engine, error } = useEngine(name);
  const [opened, setOpened] = useState<Engine | null>(null);
  if (opened === null && engine?.whole === true) setOpened(engine);
  if (opened === null) return error === null ? <Waiting what="Asking for its settings" /> : <ErrorNotice error={error} />;
  const isRunning = runs(engine?.state ?? opened.state);
  return <EditForm opened={opened} isRunning={isRunning} onClose={onClose} onSaved={onSaved} />;
}

interface FormProps {
  opened: Engine;
  isRunning: boolean;
  onClose: () => void;
  onSaved: (words: string) => void;
}

function EditForm({ opened, isRunning, onClose, onSaved }: FormProps) {
  const name = opened.engine;
  const { isScoped } = rightsOf(useMe());
  const [first] = useState(() => valuesOf(opened.settings, opened.autostart));
  const [values, setValues] = useState(first);
  const [restartNow, setRestartNow] = useState(false);
  const edit = useEditEngine(name);

  const own = ownProblems(values);
  const isSound = Object.keys(own).length === 0;
  const changes = isSound ? changesBetween(first, values) : {};
  const settings = Object.keys(changes);
  const hasOtherStart = values.autostart !== first.autostart;
  const asked = useSettled(JSON.stringify(changes));
  const effects = useQuery({
    ...effectsQuery(name, JSON.parse(asked) as typeof changes),
    enabled: asked !== '{}',
  });
  const meant = settings.length === 0 || effects.error !== null ? undefined : effects.data;
  const told = problemsOf(edit.error, asked === '{}' ? null : effects.error);
  const problems: FieldProblems = { rest: told.rest, at: { ...told.at, ...own } };
  const hintOf = (setting: string) =>
    settings.includes(setting) ? effectHint(effectOf(setting, meant), isRunning) : '';
  const needsRestart = isRunning && (meant?.restart.length ?? 0) > 0;

  const save = () =>
    edit.mutate(
      {
        changes,
        ...(hasOtherStart ? { autostart: values.autostart } : {}),
        restart: needsRestart && restartNow,
      },
      { onSuccess: (done) => onSaved(savedInWords(name, done)) },
    );
  return (
    <DialogForm
      onSubmit={save}
      onClose={onClose}
      action={needsRestart && restartNow ? 'Save and restart' : 'Save'}
      isBusy={edit.isPending}
      isReady={isSound && (settings.length > 0 || hasOtherStart)}
      refusal={edit.error}
    >
      {problems.rest === null ? null : <ErrorNotice error={problems.rest} />}
      <EngineFields
        values={values}
        onChange={(next) => {
          // What was refused was refused of other values.
          if (edit.error !== null) edit.reset();
          setValues(next);
        }}
        problems={problems}
        hintOf={hintOf}
        isNew={false}
        classes={[]}
        isScoped={isScoped}
      />
      {meant === undefined ? null : (
        <Notice kind={needsRestart ? 'warning' : 'good'} title={needsRestart ? 'A part needs a restart' : 'No restart needed'} announced>
          {effectsInWords(meant, isRunning)}
          {needsRestart ? (
            <FormControlLabel
              control={<Checkbox size="small" checked={restartNow} onChange={(event) => setRestartNow(event.target.checked)} />}
              label="Restart it now: for a few seconds nothing is received. Otherwise the change waits for the next start."
              sx={{ mt: 1, alignItems: 'flex-start', '& .MuiFormControlLabel-label': { fontSize: 13, pt: '9px' } }}
            />
          ) : null}
        </Notice>
      )}
    </DialogForm>
  );
}

/** What saving was refused for; before that, what the server says of the changes as they stand in the form. */
function problemsOf(saving: Error | null, meaning: Error | null): FieldProblems {
  const error = saving ?? (meaning instanceof ApiError && meaning.status >= 500 ? null : meaning);
  return fieldProblems(error, FORM_FIELDS);
}
