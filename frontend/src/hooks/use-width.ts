import { useCallback, useState } from 'react';

/** How wide an element is, px; null before it was measured. Give the function to its `ref`. */
export function useWidth(): readonly [(element: Element | null) => (() => void) | undefined, number | null] {
  const [width, setWidth] = useState<number | null>(null);
  const measure = useCallback((element: Element | null) => {
    // jsdom has no ResizeObserver.
    if (element === null || typeof ResizeObserver === 'undefined') return undefined;
    const observer = new ResizeObserver(([entry]) => {
      if (entry !== undefined) setWidth(Math.round(entry.contentRect.width));
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [measure, width];
}
