import type { Role } from '../api/types.ts'
import { isOffered, type ScreenKey } from '../session/screens.ts'

/** Screens that the tour tells of, in the order of the menu; each only to those who have it. */
export const TOUR_SCREENS = [
  'overview',
  'orders',
  'approvals',
  'changes',
  'workItems',
  'stock',
  'picking',
  'policies',
  'reports',
  'settings',
] as const satisfies readonly ScreenKey[]

type TourStep = { key: (typeof TOUR_SCREENS)[number] | 'welcome' | 'account'; target: string | null }

/** Where the tour stops for somebody of this role: what is pointed at, as a selector; null: nothing in particular. */
export function tourSteps(role: Role): TourStep[] {
  return [
    { key: 'welcome', target: null },
    ...TOUR_SCREENS.filter((key) => isOffered(key, role)).map((key) => ({
      key,
      target: `[data-screen="${key}"]`,
    })),
    { key: 'account', target: '.shell-account' },
  ]
}
