const TYPED_INTO = new Set(['INPUT', 'TEXTAREA', 'SELECT'])
/** Fields that take no letters. */
const PRESSED = new Set(['checkbox', 'radio', 'button'])

/** Whether a key goes into a field, so that it is no command. Also while an input method composes a character from it. */
export function isTyping(event: KeyboardEvent): boolean {
  if (event.isComposing) return true
  const { target } = event
  if (!(target instanceof HTMLElement)) return false
  if (target instanceof HTMLInputElement && PRESSED.has(target.type)) return false
  return TYPED_INTO.has(target.tagName) || target.isContentEditable
}
