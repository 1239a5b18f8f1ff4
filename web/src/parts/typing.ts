/** True when a key press belongs to a field, an editor, an open dialog or a chord, and so is no shortcut. */
export function typing(e: KeyboardEvent): boolean {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return true;
  const at = e.target instanceof Element ? e.target : null;
  if (at?.closest('input, textarea, select, [contenteditable="true"], .monaco-editor, [role="listbox"], [role="menu"]')) return true;
  return document.querySelector('[role="dialog"]') !== null;
}
