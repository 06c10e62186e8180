/** Text to the clipboard, also where pages come over plain HTTP: browsers give their clipboard to HTTPS only. */

/** Whether it is there now. */
export async function copyText(text: string): Promise<boolean> {
  // The types say that it is always there.
  const clipboard = navigator.clipboard as Clipboard | undefined;
  if (clipboard !== undefined) {
    try {
      await clipboard.writeText(text);
      return true;
    } catch {
      // Refused by a setting: the old way may still be open.
    }
  }
  return copiedBySelection(text);
}

function copiedBySelection(text: string): boolean {
  const focused = document.activeElement;
  const field = document.createElement('textarea');
  field.value = text;
  field.readOnly = true;
  field.style.position = 'fixed';
  field.style.opacity = '0';
  // Within a dialog: what keeps the focus there would take it from anything outside.
  (focused?.closest('[role="dialog"]') ?? document.body).append(field);
  field.select();
  try {
    return execCopy();
  } finally {
    field.remove();
    if (focused instanceof HTMLElement) focused.focus({ preventScroll: true });
  }
}

/** The only way there is without HTTPS, for as long as browsers have it. */
function execCopy(): boolean {
  const command: unknown = Reflect.get(document, 'execCommand');
  return typeof command === 'function' && command.call(document, 'copy') === true;
}
