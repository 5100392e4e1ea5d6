import type { PlatformFields } from '../api/types.ts'

/**
 * What of a form is sent: what is required as it was typed, also if that is nothing, and of the rest what was filled in, so that the platform's own
 * defaults hold for what was not.
 *
 * @returns null while something required is missing
 */
export function credentialsOf(
  fields: PlatformFields,
  typed: Readonly<Record<string, string>>,
): Record<string, string> | null {
  const given = fields.map((field) => ({ ...field, value: (typed[field.field] ?? '').trim() }))
  if (given.some(({ isRequired, mayBeEmpty, value }) => isRequired && !mayBeEmpty && value === ''))
    return null
  return Object.fromEntries(
    given.flatMap(({ field, isRequired, value }) => (value === '' && !isRequired ? [] : [[field, value]])),
  )
}
