import type { Point } from './division.ts'

/**
 * Telephones and what they write into photographs say where they are in WGS-84; the maps of China, and so the centres of its
 * divisions, are in GCJ-02, which lies up to some hundred metres beside it. Outside of China there is no difference.
 */

/** The Krasovsky ellipsoid, on which GCJ-02 is defined: its half axis in metres, and the square of its eccentricity. */
const HALF_AXIS_METRES = 6_378_245
const ECCENTRICITY_SQUARED = 0.006_693_421_622_965_943

/** The box in which the published formula is meant to be used. */
const INSIDE = { west: 72.004, east: 137.8347, south: 0.8293, north: 55.8271 }

/** The point of a satellite receiver (WGS-84) as maps of China have it (GCJ-02); to a metre or so. */
export function toGcj02(point: Point): Point {
  const { longitude, latitude } = point
  const isInside =
    longitude >= INSIDE.west &&
    longitude <= INSIDE.east &&
    latitude >= INSIDE.south &&
    latitude <= INSIDE.north
  if (!isInside) return point
  const [east, north] = [longitude - 105, latitude - 35]
  const radians = (latitude * Math.PI) / 180
  const flattening = 1 - ECCENTRICITY_SQUARED * Math.sin(radians) ** 2
  const metresPerDegreeNorth =
    ((HALF_AXIS_METRES * (1 - ECCENTRICITY_SQUARED)) / flattening ** 1.5) * (Math.PI / 180)
  const metresPerDegreeEast = (HALF_AXIS_METRES / Math.sqrt(flattening)) * Math.cos(radians) * (Math.PI / 180)
  return {
    longitude: longitude + metresEast(east, north) / metresPerDegreeEast,
    latitude: latitude + metresNorth(east, north) / metresPerDegreeNorth,
  }
}

/** A wave of this height in metres, with so many half turns a degree. */
const wave = (height: number, halfTurns: number, degrees: number) =>
  height * Math.sin(halfTurns * degrees * Math.PI)
const ripple = (east: number) => wave(20, 6, east) + wave(20, 2, east)

function metresEast(east: number, north: number): number {
  const plane =
    300 + east + 2 * north + 0.1 * east ** 2 + 0.1 * east * north + 0.1 * Math.sqrt(Math.abs(east))
  const waves = ripple(east) + wave(20, 1, east) + wave(40, 1 / 3, east)
  return plane + ((waves + wave(150, 1 / 12, east) + wave(300, 1 / 30, east)) * 2) / 3
}

function metresNorth(east: number, north: number): number {
  const plane =
    -100 + 2 * east + 3 * north + 0.2 * north ** 2 + 0.1 * east * north + 0.2 * Math.sqrt(Math.abs(east))
  const waves = ripple(east) + wave(20, 1, north) + wave(40, 1 / 3, north)
  return plane + ((waves + wave(160, 1 / 12, north) + wave(320, 1 / 30, north)) * 2) / 3
}
