import type { Role } from '../api/types.ts'

export type PersonDraft = {
  userName: string
  displayName: string
  role: Role
  storeIds: string[]
  region: string
  password: string
}

const STORE_ROLES: readonly Role[] = ['clerk', 'team_lead', 'store_manager']
const REGION_ROLES: readonly Role[] = ['regional_director', 'inspector']

/** What says whose orders a role sees: its stores, its region, or neither because it sees all. */
export function scopeFieldsOf(role: Role): readonly ('storeIds' | 'region')[] {
  if (STORE_ROLES.includes(role)) return ['storeIds']
  return REGION_ROLES.includes(role) ? ['region'] : []
}

/** What is sent of it: no stores of a role that has none, however they were left behind in the form. */
export function changesOf({ userName, displayName, role, storeIds, region }: PersonDraft) {
  const scope = scopeFieldsOf(role)
  return {
    userName: userName.trim(),
    displayName: displayName.trim(),
    role,
    storeIds: scope.includes('storeIds') ? storeIds : [],
    region: scope.includes('region') && region.trim() !== '' ? region.trim() : null,
  }
}
