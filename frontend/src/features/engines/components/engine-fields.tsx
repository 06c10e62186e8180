import Box from '@mui/material/Box';
import MenuItem from '@mui/material/MenuItem';
import TextField from '@mui/material/TextField';
import type { ReactNode } from 'react';

import { problemAt, type FieldProblems } from '@/lib/field-problems';
import type { LogClass } from '@/types/shapes';

import { clientProblem, SIZE_UNITS, type FormValues, type SizeUnit } from '../engine-form';
import { FoldedSettings, READABLE, SwitchSetting, TextSetting } from './form-parts';

export interface FieldsProps {
  values: FormValues;
  onChange: (values: FormValues) => void;
  problems: FieldProblems;
  /** What a change of this setting would mean; `` where it was not changed. */
  hintOf: (setting: string) => string;
  /** Name and class are chosen once. */
  isNew: boolean;
  classes: readonly Pick<LogClass, 'name'>[];
  isScoped: boolean;
}

const SHARED = 'All engines share it: only people who see every engine change it.';
const TWO = { display: 'grid', gap: 4, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))' } };

/** Every setting of an engine: what is always needed first, the rest folded. */
export function EngineFields(props: FieldsProps) {
  return (
    <Box sx={{ display: 'grid', gap: 4 }}>
      <Basics {...props} />
      <Storage {...props} />
      <Running {...props} />
    </Box>
  );
}

function Basics({ values, onChange, problems, hintOf, isNew, classes, isScoped }: FieldsProps) {
  const set = (part: Partial<FormValues>) => onChange({ ...values, ...part });
  const help = (setting: string, words: string) => joined(words, hintOf(setting));
  const isOffered = classes.some(({ name }) => name === values.logClass);
  return (
    <>
      <Box sx={TWO}>
        <TextSetting
          label="Name"
          name="name"
          value={values.name}
          onChange={(name) => set({ name })}
          problem={problemAt(problems, 'name')}
          help={isNew ? 'Its folder has this name: 4 to 30 of a-z, 0-9 and _, a letter first. It stays for good.' : 'Stays for good.'}
          isDisabled={!isNew}
        />
        <TextField
          select
          label="Class"
          name="class"
          value={isNew && !isOffered ? '' : values.logClass}
          onChange={(event) => set({ logClass: event.target.value })}
          error={problemAt(problems, 'class') !== undefined}
          helperText={problemAt(problems, 'class') ?? (isNew ? 'Which patterns find its fields. It stays for good.' : 'Stays for good.')}
          disabled={!isNew}
          sx={READABLE}
        >
          {(isNew ? classes.map(({ name }) => name) : [values.logClass]).map((name) => (
            <MenuItem key={name} value={name}>
              {name}
            </MenuItem>
          ))}
        </TextField>
        <TextSetting
          label="Port (UDP)"
          name="port"
          value={values.port}
          onChange={(port) => set({ port })}
          problem={problemAt(problems, 'port')}
          help={isScoped ? SHARED : help('port', 'Where devices send to, 1 to 65535.')}
          isDisabled={isScoped}
          isNumber
        />
        <TextSetting
          label="Title"
          name="title"
          value={values.title}
          onChange={(title) => set({ title })}
          problem={problemAt(problems, 'title')}
          help={help('title', 'What people call it; may stay empty.')}
        />
      </Box>
      <TextSetting
        label="Allowed senders"
        name="clients"
        value={values.clients}
        onChange={(clients) => set({ clients })}
        problem={clientProblem(values.clients, problems.at)}
        help={help('clients', clientHelp(isNew, values.clients))}
        lines={3}
        placeholder={'10.20.0.0/16 branch\n192.168.1.*'}
      />
    </>
  );
}

function clientHelp(isNew: boolean, text: string): string {
  const form = 'One a line: an address or a range, then a name for it.';
  if (text.trim() !== '') return form;
  return isNew
    ? `${form} Nothing here: this machine and all private networks may send.`
    : `${form} Nothing here: nobody may send.`;
}

function Storage({ values, onChange, problems, hintOf }: FieldsProps) {
  const set = (part: Partial<FormValues>) => onChange({ ...values, ...part });
  const help = (setting: string, words: string) => joined(words, hintOf(setting));
  const sizeProblem = problemAt(problems, 'auto_delete_bytes');
  const hasProblem = ['auto_delete_days', 'auto_delete_bytes', 'keep_original'].some((name) => problemAt(problems, name) !== undefined);
  return (
    <FoldedSettings title="Storage" words="how long lines are kept, and what of them" hasProblem={hasProblem}>
      <SwitchSetting
        label="Keep the original line"
        isOn={values.keepOriginal}
        onChange={(keepOriginal) => set({ keepOriginal })}
        problem={problemAt(problems, 'keep_original')}
        help={help('keep_original', 'Without it only the fields are stored: less disk, but no search in the whole line.')}
      />
      <Box sx={{ ...TWO, gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'minmax(0, 2fr) minmax(0, 3fr)' } }}>
        <TextSetting
          label="Days kept"
          name="auto_delete_days"
          value={values.days}
          onChange={(days) => set({ days })}
          problem={problemAt(problems, 'auto_delete_days')}
          help={help('auto_delete_days', 'Older days are deleted, 2 or more. Nothing: as the configuration says.')}
          isNumber
        />
        <Box sx={{ display: 'grid', gap: 2, gridTemplateColumns: 'minmax(0, 1fr) 88px', alignItems: 'start' }}>
          <TextSetting
            label="Space at most"
            name="auto_delete_bytes"
            value={values.size}
            onChange={(size) => set({ size })}
            problem={sizeProblem}
            help={help('auto_delete_bytes', 'Beyond it the oldest days go. Nothing: no limit.')}
            isNumber
          />
          <TextField
            select
            label="Unit"
            value={values.sizeUnit}
            onChange={(event) => set({ sizeUnit: event.target.value as SizeUnit })}
          >
            {SIZE_UNITS.map((unit) => (
              <MenuItem key={unit} value={unit}>
                {unit}
              </MenuItem>
            ))}
          </TextField>
        </Box>
      </Box>
    </FoldedSettings>
  );
}

function Running({ values, onChange, problems, hintOf, isNew, isScoped }: FieldsProps) {
  const set = (part: Partial<FormValues>) => onChange({ ...values, ...part });
  const help = (setting: string, words: string) => (isScoped ? SHARED : joined(words, hintOf(setting)));
  const hasProblem = ['addresses', 'workers', 'autostart', 'running'].some((name) => problemAt(problems, name) !== undefined);
  return (
    <FoldedSettings title="Running" words="addresses, processes, start" hasProblem={hasProblem}>
      <Box sx={TWO}>
        <TextSetting
          label="Listen addresses"
          name="addresses"
          value={values.addresses}
          onChange={(addresses) => set({ addresses })}
          problem={problemAt(problems, 'addresses')}
          help={help('addresses', 'One a line. Nothing: every address of this machine.')}
          isDisabled={isScoped}
          lines={1}
          placeholder="192.168.0.210"
        />
        <TextSetting
          label="Extraction processes"
          name="workers"
          value={values.workers}
          onChange={(workers) => set({ workers })}
          problem={problemAt(problems, 'workers')}
          help={help('workers', '1 to 64. Nothing: the cores of this machine less two, at least one.')}
          isDisabled={isScoped}
          isNumber
        />
      </Box>
      <SwitchSetting
        label="Start with the server"
        isOn={values.autostart}
        onChange={(autostart) => set({ autostart })}
        problem={problemAt(problems, 'autostart')}
        help="Whether it is started again when the machine or the server starts."
      />
      {isNew ? (
        <SwitchSetting
          label="Start it now"
          isOn={values.running}
          onChange={(running) => set({ running })}
          problem={problemAt(problems, 'running')}
          help="Otherwise it is there, and receives nothing until somebody starts it."
        />
      ) : null}
    </FoldedSettings>
  );
}

/** What a setting means, and what a change of it would. */
function joined(words: string, hint: string): ReactNode {
  if (hint === '') return words;
  return (
    <>
      {words}{' '}
      <Box component="span" sx={{ fontWeight: 600, color: 'text.primary' }}>
        {hint}
      </Box>
    </>
  );
}
