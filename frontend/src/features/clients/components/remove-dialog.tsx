import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import type { Named } from '@/lib/cidr';

import { useAddClient } from '../api/add-client';
import { useRemoveClient } from '../api/remove-client';
import type { ClientLine } from '../clients';
import type { Deed } from '../deed';
import { addedWords, removalWords, removedWords } from '../words';

interface Props {
  line: ClientLine;
  others: readonly Named[];
  onClose: () => void;
  onDone: (deed: Deed) => void;
}

/** Takes a client away, and says beforehand what becomes of what it sends. */
export function RemoveDialog({ line, others, onClose, onDone }: Props) {
  const remove = useRemoveClient();
  const add = useAddClient();
  const { engine, name, range } = line;
  const undo = async (): Promise<Deed> => {
    const client = { name, address: range };
    await add.mutateAsync({ engine, client });
    return { words: addedWords(engine, client) };
  };
  return (
    <ConfirmDialog
      isOpen
      danger
      title={`Remove ${name}?`}
      action="Remove"
      words={`${removalWords(line, others)} What is stored of it stays, under its name.`}
      isBusy={remove.isPending}
      error={remove.error}
      onClose={onClose}
      onConfirm={() => remove.mutate({ engine, name }, { onSuccess: () => onDone({ words: removedWords(line), undo }) })}
    />
  );
}
