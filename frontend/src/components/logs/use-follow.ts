import { useEffect, useEffectEvent, useLayoutEffect, type RefObject } from 'react';

/** This near to the end is at the end, px. */
const END_PX = 8;
/** A scroll this soon behind a wheel or a touch is the person's, ms. */
const INTENT_MS = 1_000;

/**
 * Keeps the end in sight while rows arrive. Who begins to scroll up reads: that ends it at once, before the next row
 * could take the page down again; who scrolls back to the end goes on. Nothing but a person's own hand does either.
 */
export function useFollow(
  scroller: RefObject<HTMLElement | null>,
  isFollowing: boolean,
  onFollow: ((follow: boolean) => void) | undefined,
): void {
  // Every time: rows may have come, have been measured, or have another width.
  useLayoutEffect(() => {
    if (isFollowing) toEnd(scroller.current);
  });

  const stop = useEffectEvent((element: HTMLElement) => {
    if (isFollowing && element.scrollHeight > element.clientHeight) onFollow?.(false);
  });
  const goOn = useEffectEvent((element: HTMLElement) => {
    if (!isFollowing && isAtEnd(element)) onFollow?.(true);
  });
  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let intended = -INTENT_MS;
    let isHeld = false;
    const turn = (event: WheelEvent) => {
      if (event.deltaY < 0) {
        // A scroll to the end that is on its way is no longer what the person wants.
        intended = -INTENT_MS;
        stop(element);
      } else {
        intended = performance.now();
      }
    };
    const draw = () => {
      intended = performance.now();
    };
    const hold = (event: PointerEvent) => {
      // The scroller itself and nothing in it is its scroll bar; a row under the pointer is to stay there, too.
      isHeld = event.target === element;
      if (isHeld || (event.target instanceof Element && event.target.closest('[data-index]') !== null)) stop(element);
    };
    const release = () => {
      if (isHeld) intended = performance.now();
      isHeld = false;
    };
    const scrolled = () => {
      if (isHeld || performance.now() - intended < INTENT_MS) goOn(element);
    };
    const passive = { passive: true };
    element.addEventListener('wheel', turn, passive);
    element.addEventListener('touchmove', draw, passive);
    element.addEventListener('pointerdown', hold);
    element.addEventListener('scroll', scrolled, passive);
    document.addEventListener('pointerup', release);
    return () => {
      element.removeEventListener('wheel', turn);
      element.removeEventListener('touchmove', draw);
      element.removeEventListener('pointerdown', hold);
      element.removeEventListener('scroll', scrolled);
      document.removeEventListener('pointerup', release);
    };
  }, [scroller]);
}

function isAtEnd(element: HTMLElement): boolean {
  return element.scrollHeight - element.scrollTop - element.clientHeight <= END_PX;
}

function toEnd(element: HTMLElement | null): void {
  if (element !== null) element.scrollTop = element.scrollHeight;
}
