import type { EngineDeleted } from '@/types/shapes';

import type { useCommand } from '../hooks/use-command';
import { questionOf, type Command, type Deed } from '../deeds';
import { CommandDialog } from './command-dialog';
import { DeleteDialog } from './delete-dialog';
import { EditDialog } from './edit-dialog';

/** A deed that is being asked about. */
export interface Chosen {
  deed: Deed;
  name: string;
}

interface Props {
  /** What was chosen last; it stays while its dialog closes. */
  chosen: Chosen | null;
  isOpen: boolean;
  command: ReturnType<typeof useCommand>;
  onClose: () => void;
  onSaved: (words: string) => void;
  onDeleted: (deleted: EngineDeleted) => void;
}

/** The dialogs of what can be done to an engine: one of them at a time. */
export function DeedDialogs({ chosen, isOpen, command, onClose, onSaved, onDeleted }: Props) {
  if (chosen === null) return null;
  const { deed, name } = chosen;
  if (deed === 'edit') return <EditDialog key={name} name={name} isOpen={isOpen} onClose={onClose} onSaved={onSaved} />;
  if (deed === 'delete') {
    return <DeleteDialog key={name} name={name} isOpen={isOpen} onClose={onClose} onDeleted={onDeleted} />;
  }
  if (questionOf(deed, name) === null) return null;
  const close = () => {
    if (command.error !== null) command.reset();
    onClose();
  };
  return (
    <CommandDialog
      key={`${deed} ${name}`}
      name={name}
      command={deed}
      isOpen={isOpen}
      isBusy={command.isPending}
      error={command.error}
      onClose={close}
      onConfirm={(reason) =>
        command.mutate(asked(deed, name, reason), {
          onSuccess: onClose,
        })
      }
    />
  );
}

function asked(command: Command, name: string, reason: string | undefined) {
  return reason === undefined ? { command, name } : { command, name, reason };
}
