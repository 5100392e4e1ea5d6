import { distanceKilometres, findDivision, type Point } from './division.ts'
import { placeOf } from './place.ts'

/** How far from the middle of where an order went an inspector may be, and what follows if they were elsewhere. */
export type PlaceRule = {
  /** Where the order's division is a district or county, and where it is a whole city. */
  districtMetres: number
  cityMetres: number
  whenFar: Consequence
  /** Nothing said where the inspector was, or where the address is. */
  whenUnknown: Consequence
}
/** Whether something fails the inspection, or is only written down. */
export type Consequence = 'fail' | 'note'

/** Where somebody or something was, in GCJ-02. */
export type PlaceReading = {
  by: 'device' | 'photo'
  point: Point
  /** The radius in which the device believes itself to be; 0 where nothing is said of it. */
  accuracyMetres: number
}

export type PlaceCheck = {
  state: 'near' | 'far' | 'unknown'
  /** Of the reading that is farthest away, less what its device may be wrong by. Null: unknown. */
  distanceMetres: number | null
  limitMetres: number | null
  measuredFrom: 'district' | 'city' | null
  by: PlaceReading['by'] | null
}

const UNKNOWN: PlaceCheck = {
  state: 'unknown',
  distanceMetres: null,
  limitMetres: null,
  measuredFrom: null,
  by: null,
}

/** A device may be wrong by more, but whoever says so could be anywhere. */
const MOST_TOLERANCE_METRES = 1_000

/**
 * Whether an inspector was where the order went: every reading must lie within the limit around the division's centre. The
 * farthest decides, because one photograph from elsewhere is what the check is for.
 */
export function checkPlace(
  divisionCode: string,
  readings: readonly PlaceReading[],
  rule: PlaceRule,
): PlaceCheck {
  const { point: centre } = placeOf(divisionCode)
  if (!centre || readings.length === 0) return UNKNOWN
  const measuredFrom = findDivision(divisionCode)?.level === 'district' ? 'district' : 'city'
  const limitMetres = measuredFrom === 'district' ? rule.districtMetres : rule.cityMetres
  const [farthest] = readings
    .map(({ by, point, accuracyMetres }) => {
      const tolerance = Math.min(Math.max(accuracyMetres, 0), MOST_TOLERANCE_METRES)
      const metres = distanceKilometres(point, centre) * 1_000 - tolerance
      return { by, metres: Math.max(0, Math.round(metres)) }
    })
    .sort((one, other) => other.metres - one.metres)
  if (!farthest) return UNKNOWN
  return {
    state: farthest.metres <= limitMetres ? 'near' : 'far',
    distanceMetres: farthest.metres,
    limitMetres,
    measuredFrom,
    by: farthest.by,
  }
}
