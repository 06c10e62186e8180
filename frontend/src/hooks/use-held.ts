import { useState, type FocusEvent } from 'react';

/** Whether somebody is at a part of the page, by pointer or by keyboard: then nothing in it changes its place. */
export function useHeld() {
  const [isPointed, setIsPointed] = useState(false);
  const [isFocused, setIsFocused] = useState(false);
  const holders = {
    onPointerEnter: () => setIsPointed(true),
    onPointerLeave: () => setIsPointed(false),
    onFocus: () => setIsFocused(true),
    onBlur: (event: FocusEvent) => {
      if (!event.currentTarget.contains(event.relatedTarget)) setIsFocused(false);
    },
  };
  return { isHeld: isPointed || isFocused, holders };
}

/** A value as it was when it was frozen. It has to be the same object as long as it means the same. */
export function useFrozen<T>(value: T, isFrozen: boolean): T {
  const [kept, setKept] = useState(value);
  if (!isFrozen && kept !== value) setKept(value);
  return isFrozen ? kept : value;
}
