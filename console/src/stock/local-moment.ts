/** What a field of kind `datetime-local` says, as a moment; null while it says nothing. */
export function momentOf(text: string): string | null {
  const ms = Date.parse(text)
  return Number.isNaN(ms) ? null : new Date(ms).toISOString()
}
