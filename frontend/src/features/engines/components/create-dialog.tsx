import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { DialogForm, FormDialog } from '@/components/ui/form-dialog';
import { ErrorNotice, Notice } from '@/components/ui/notice';
import { Waiting } from '@/components/ui/waiting';
import { fieldProblems, type FieldProblems } from '@/lib/field-problems';
import type { EngineCreated, LogClass } from '@/types/shapes';

import { useCreateEngine } from '../api/create-engine';
import { classesQuery } from '../api/get-classes';
import { engineAsked, newForm, ownProblems } from '../engine-form';
import { FORM_FIELDS } from '../form-fields';
import { EngineFields } from './engine-fields';

interface Props {
  isOpen: boolean;
  /** Ports that other engines have. */
  takenPorts: readonly number[];
  onClose: () => void;
  onCreated: (created: EngineCreated) => void;
}

export function CreateDialog({ isOpen, ...rest }: Props) {
  return (
    <FormDialog title="New engine" isOpen={isOpen} onClose={rest.onClose}>
      <Creating {...rest} />
    </FormDialog>
  );
}

function Creating({ takenPorts, onClose, onCreated }: Omit<Props, 'isOpen'>) {
  const classes = useQuery(classesQuery);
  if (classes.data === undefined) {
    return classes.error === null ? <Waiting what="Asking for the classes" /> : <ErrorNotice error={classes.error} />;
  }
  return <CreateForm classes={classes.data} takenPorts={takenPorts} onClose={onClose} onCreated={onCreated} />;
}

function CreateForm({ classes, takenPorts, onClose, onCreated }: Omit<Props, 'isOpen'> & { classes: readonly LogClass[] }) {
  const [values, setValues] = useState(() => newForm(classes.map(({ name }) => name), takenPorts));
  const [tries, setTries] = useState(0);
  const create = useCreateEngine();
  const own = ownProblems(values);
  const told = fieldProblems(create.error, FORM_FIELDS);
  const problems: FieldProblems = { rest: told.rest, at: { ...told.at, ...(tries > 0 ? own : {}) } };
  const send = () => {
    setTries(tries + 1);
    if (Object.keys(own).length > 0) return;
    create.mutate({ engine: engineAsked(values), autostart: values.autostart }, { onSuccess: onCreated });
  };
  return (
    <DialogForm onSubmit={send} onClose={onClose} action="Create the engine" isBusy={create.isPending} isReady refusal={create.error ?? (tries === 0 ? null : tries)}>
      {classes.length === 0 ? (
        <Notice kind="warning" title="There is no class yet.">
          A class says which fields are found in a line. Add one to ENGINE_CLASSES of GLOBAL_CONFIG.json, and take it over with:
          syslogger config reload
        </Notice>
      ) : null}
      {problems.rest === null ? null : <ErrorNotice error={problems.rest} />}
      <EngineFields
        values={values}
        onChange={setValues}
        problems={problems}
        hintOf={() => ''}
        isNew
        classes={classes}
        isScoped={false}
      />
    </DialogForm>
  );
}
