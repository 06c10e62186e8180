import { fireEvent, screen, within } from '@testing-library/react';
import { userEvent } from '@testing-library/user-event';
import { useState } from 'react';
import { expect, test, vi } from 'vitest';

import { columnsOf, namesOf, type LogColumn } from '@/lib/log-columns';
import { renderRoutes } from '@/testing/render';

import { ColumnChooser, withNew } from './column-chooser';

async function show(names: string[], fields: string[]) {
  const onChange = vi.fn<(columns: LogColumn[]) => void>();
  renderRoutes([{ path: '/', element: <ColumnChooser fields={fields} columns={columnsOf(names)} onChange={onChange} /> }]);
  await userEvent.click(screen.getByRole('button', { name: 'Columns' }));
  const dialog = await screen.findByRole('dialog', { name: 'Columns' });
  return { dialog, chosen: () => namesOf(onChange.mock.lastCall?.[0] ?? []).join(' ') };
}

test('a field is added before the line, which has what is left', async () => {
  const { dialog, chosen } = await show(['time', 'original_log'], ['user', 'port']);
  await userEvent.click(within(dialog).getByRole('checkbox', { name: 'user' }));
  expect(chosen()).toBe('time user original_log');
  expect(withNew(['a'], 'b')).toEqual(['a', 'b']);
});

test('columns are taken away and moved by the keyboard', async () => {
  const { dialog, chosen } = await show(['time', 'user', 'original_log'], ['user', 'port']);
  await userEvent.click(within(dialog).getByRole('checkbox', { name: 'time' }));
  expect(chosen()).toBe('user original_log');
  within(dialog).getByRole('button', { name: 'Move user up' }).focus();
  await userEvent.keyboard('{Enter}');
  expect(chosen()).toBe('user time original_log');
  expect(within(dialog).getByRole('button', { name: 'Move time up' })).toBeDisabled();
});

test('a box that goes to the other list takes the focus along', async () => {
  function Kept() {
    const [columns, setColumns] = useState(columnsOf(['time', 'original_log']));
    return <ColumnChooser fields={['user', 'port']} columns={columns} onChange={setColumns} />;
  }
  renderRoutes([{ path: '/', element: <Kept /> }]);
  await userEvent.click(screen.getByRole('button', { name: 'Columns' }));
  await userEvent.click(await screen.findByRole('checkbox', { name: 'user' }));
  expect(screen.getByRole('checkbox', { name: 'user' })).toHaveFocus();
  expect(screen.getByRole('button', { name: 'Move user up' })).toBeVisible();
  await userEvent.keyboard(' ');
  expect(screen.getByRole('checkbox', { name: 'user' })).toHaveFocus();
  expect(screen.queryByRole('button', { name: 'Move user up' })).toBeNull();
});

test('of 200 fields one is found by its name', async () => {
  const { dialog } = await show(['time'], Array.from({ length: 200 }, (_, number) => `field_${number}`));
  fireEvent.change(within(dialog).getByLabelText('Find a field'), { target: { value: 'FIELD_137' } });
  expect(within(dialog).getByLabelText('field_137')).toBeInTheDocument();
  expect(within(dialog).queryByLabelText('field_13')).not.toBeInTheDocument();
});
