import { useEffect, useEffectEvent } from 'react';

const TYPING = 'input, textarea, select, [contenteditable="true"]';

/** A key without Ctrl, Alt or Meta; never while somebody types or a dialog is open. */
export function useHotkey(key: string, act: () => void): void {
  const press = useEffectEvent((event: KeyboardEvent) => {
    const isTaken = event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.key !== key;
    const target = event.target instanceof Element ? event.target : null;
    if (isTaken || target?.closest(TYPING) != null || document.querySelector('[role="dialog"]') !== null) return;
    event.preventDefault();
    act();
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener('keydown', listen);
    return () => document.removeEventListener('keydown', listen);
  }, []);
}
