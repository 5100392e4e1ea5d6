import type { z } from 'zod/mini'
import { ROLES } from '../../../domain/role.ts'
import { flag, oneOf, paging, searchOf, words } from '../components/search-schema.ts'

export const PARTS = ['me', 'delegations', 'calendar', 'people', 'keys'] as const
export type Part = (typeof PARTS)[number]

/** Which part of the settings is shown, and what of its list. */
export const settingsSearch = searchOf(() => ({
  ...paging,
  /** None: one's own account. */
  part: oneOf(PARTS),
  text: words,
  role: oneOf(ROLES),
  running: flag,
  /** Of people and keys that are not in use any more. */
  ended: flag,
}))
export type SettingsSearch = z.output<typeof settingsSearch>
