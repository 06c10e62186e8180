import { useEffect, useState } from 'react';

import { questionOf, type Deed } from '../deeds';
import { useCommand } from './use-command';

interface Chosen {
  deed: Deed;
  name: string;
}

/** What was said is of that moment: it goes, before it is no longer true. */
const SAID_MS = 15_000;

/** What somebody is about to do to an engine, and what came of what was done. */
export function useDeeds() {
  const command = useCommand();
  const [chosen, setChosen] = useState<Chosen | null>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [saved, setSaved] = useState<string | null>(null);
  const words = saved ?? command.data ?? null;
  const forget = command.reset;
  useEffect(() => {
    if (words === null) return undefined;
    const timer = setTimeout(() => {
      setSaved(null);
      forget();
    }, SAID_MS);
    return () => clearTimeout(timer);
  }, [words, forget]);
  const choose = (deed: Deed, name: string) => {
    setSaved(null);
    command.reset();
    if (deed !== 'edit' && deed !== 'delete' && questionOf(deed, name) === null) {
      command.mutate({ command: deed, name });
      return;
    }
    setChosen({ deed, name });
    setIsOpen(true);
  };
  return {
    choose,
    /** Whether the server has still to answer about this engine. */
    isBusy: (name: string) => command.isPending && command.variables.name === name,
    /** What the server said; an error that a dialog shows is not shown twice. */
    said: { words, error: isOpen ? null : command.error },
    dialogs: {
      chosen,
      isOpen,
      command,
      onClose: () => setIsOpen(false),
      onSaved: (words: string) => {
        setSaved(words);
        setIsOpen(false);
      },
    },
  };
}

export type Deeds = ReturnType<typeof useDeeds>;
