import { centreOf, findDivision, type Point, regionOf } from './division.ts'

/** Why there is no point to measure a distance from. */
export const PLACE_PROBLEMS = ['unknown-division', 'province-only', 'ambiguous-name'] as const
export type PlaceProblem = (typeof PLACE_PROBLEMS)[number]

/** Where a customer is: a city or a district. A place that is not certain has no point; nothing is guessed. */
export type Place = {
  divisionCode: string
  region: string | null
  point: Point | null
  /** Null exactly where there is a point. */
  problem: PlaceProblem | null
}

/** Provinces that are one city. Every other province is too large for its centre to mean anything. */
const CITY_PROVINCES = ['110000', '120000', '310000', '500000', '710000', '810000', '820000']

/** The place of a division code. */
export function placeOf(divisionCode: string): Place {
  const division = findDivision(divisionCode)
  const region = regionOf(divisionCode) ?? null
  if (!division) return { divisionCode, region, point: null, problem: 'unknown-division' }
  if (division.level === 'province' && !CITY_PROVINCES.includes(divisionCode)) {
    return { divisionCode, region, point: null, problem: 'province-only' }
  }
  return { divisionCode, region, point: centreOf(divisionCode) ?? null, problem: null }
}
