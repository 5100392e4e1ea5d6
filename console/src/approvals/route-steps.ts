import type { ChangeDetail } from '../api/types.ts'

type Place = ChangeDetail['approvers'][number]
type Level = ChangeDetail['steps'][number]['levels'][number]

export type RouteStep = {
  number: number
  /** The level that decides or decided; above the first where nobody did in time. */
  level: Level | null
  /** Where it rises to next; null: nowhere. */
  nextLevel: Level | null
  state: 'done' | 'current' | 'ahead' | 'stopped'
  /** Everybody who is or was asked in it, in the present version of the request. */
  places: Place[]
  /** Whom it waits for. */
  waitingFor: string[]
}

/** The way of a request through its approvers, as its policy drew it and as far as it has come. */
export function routeOf(change: ChangeDetail): RouteStep[] {
  const isOpen = change.status === 'in_approval' || change.status === 'submitted'
  return change.steps.map(({ levels }, index) => {
    const number = index + 1
    const places = change.approvers.filter(
      (place) => place.stepNumber === number && place.requestVersion === change.requestVersion,
    )
    const isCurrent = number === change.stepNumber
    const reached = isCurrent
      ? change.levelNumber
      : Math.max(1, ...places.map(({ levelNumber }) => levelNumber))
    return {
      number,
      level: levels[reached - 1] ?? levels[0] ?? null,
      nextLevel: levels[reached] ?? null,
      state: stateOf(number, change, isOpen),
      places,
      waitingFor: isOpen ? places.filter(({ state }) => state === 'open').map(({ account }) => account) : [],
    }
  })
}

function stateOf(number: number, change: ChangeDetail, isOpen: boolean): RouteStep['state'] {
  if (number < change.stepNumber) return 'done'
  if (isOpen) return number === change.stepNumber ? 'current' : 'ahead'
  const hasPassed = ['approved', 'applied', 'undoing', 'apply_failed', 'abandoned'].includes(change.status)
  if (hasPassed) return 'done'
  return number === change.stepNumber ? 'stopped' : 'ahead'
}

/** Where this person is asked to decide now, also in the name of somebody who is away; null: nowhere. */
export function placeOf(change: ChangeDetail, userName: string): Place | null {
  if (change.status !== 'in_approval') return null
  const isMine = (place: Place) =>
    place.account === userName &&
    place.state === 'open' &&
    place.stepNumber === change.stepNumber &&
    place.requestVersion === change.requestVersion
  return change.approvers.find(isMine) ?? null
}
