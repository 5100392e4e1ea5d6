import { expect, test } from 'vitest'
import { isOffered, SCREENS } from '../../console/src/session/screens.ts'
import { TOUR_SCREENS, tourSteps } from '../../console/src/shell/tour-steps.ts'
import { hasHadTour, tourStore } from '../../console/src/shell/tour-store.ts'
import { OFFICE_ROLES } from '../../domain/role.ts'

test.each(OFFICE_ROLES)(
  'the tour shows %s the screens that they have, in the order of the menu, and no other',
  (role) => {
    const keys = tourSteps(role).map(({ key }) => key)
    const menu = SCREENS.map(({ key }) => key).filter((key) => isOffered(key, role))
    expect(keys.slice(1, -1)).toEqual(menu.filter((key) => TOUR_SCREENS.some((told) => told === key)))
    expect([keys.at(0), keys.at(-1)]).toEqual(['welcome', 'account'])
  },
)

test('it is offered until somebody took it or did not want it, each account for itself', () => {
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  }
  expect(hasHadTour('a', storage)).toBe(false)
  tourStore.begin()
  expect([tourStore.isOpen(), hasHadTour('a', storage)]).toEqual([true, false])
  tourStore.end('a', storage)
  expect([tourStore.isOpen(), hasHadTour('a', storage), hasHadTour('b', storage)]).toEqual([
    false,
    true,
    false,
  ])
})
