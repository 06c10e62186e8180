import { useEffect, useEffectEvent } from 'react';

const TYPING = 'input, textarea, select, [contenteditable="true"]';

interface Options {
  /** Off: the key does what it always does. */
  isOn?: boolean;
  /** With Ctrl or ⌘; then also while somebody types. */
  withCommand?: boolean;
}

/** A key alone, or with Ctrl or ⌘; never while a dialog is open, and alone never while somebody types. */
export function useHotkey(key: string, act: () => void, { isOn = true, withCommand = false }: Options = {}): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    if (!isOn || event.defaultPrevented || event.altKey || event.key !== key) return;
    if ((event.ctrlKey || event.metaKey) !== withCommand) return;
    const target = event.target instanceof Element ? event.target : null;
    if (!withCommand && target?.closest(TYPING) != null) return;
    if (document.querySelector('[role="dialog"]') !== null) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
