/** Scrolls a box, and nothing around it, until something within it can be seen. */
export function showWithin(box: Element | null, element: Element | null): void {
  if (box === null || element === null) return;
  const outer = box.getBoundingClientRect();
  const inner = element.getBoundingClientRect();
  if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top;
  else if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom;
}
