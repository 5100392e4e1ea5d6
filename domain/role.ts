/** People who work at the merchant's desks. */
export const OFFICE_ROLES = [
  'clerk',
  'team_lead',
  'store_manager',
  'regional_director',
  'finance',
  'ops',
  'admin',
] as const

/** What an account may be. An inspector sits at no desk: they see only what they are sent to. */
export const ROLES = [...OFFICE_ROLES, 'inspector'] as const
export type Role = (typeof ROLES)[number]
