/**
 * China's administrative divisions: provinces, cities and districts by their six-digit code.
 *
 * Keep this module out of workflows: the data is 140 kB, and a workflow needs no more than the code.
 */
import divisionData from './divisions.generated.json' with { type: 'json' }

/** A point in degrees. The division data is GCJ-02, the datum of Chinese map services. */
export interface Point {
  longitude: number
  latitude: number
}

export type DivisionLevel = 'province' | 'city' | 'district'

/** One division; a missing own centre was replaced by its parent's when the data was generated. */
export interface Division extends Point {
  code: string
  name: string
  level: DivisionLevel
  /** The code of the city, or of the province where there is no city between; null for a province. */
  parentCode: string | null
}

/** The regions in which Chinese retail is organised; Hong Kong, Macau and Taiwan are one of their own. */
export const regions = ['华东', '华北', '华南', '华中', '西南', '西北', '东北', '港澳台'] as const
export type Region = (typeof regions)[number]

/** The first two digits of a code are the province. */
const provincesByRegion: Record<Region, string> = {
  华北: '11 12 13 14 15',
  东北: '21 22 23',
  华东: '31 32 33 34 35 36 37',
  华中: '41 42 43',
  华南: '44 45 46',
  西南: '50 51 52 53 54',
  西北: '61 62 63 64 65',
  港澳台: '71 81 82',
}

const regionByProvince = new Map(
  regions.flatMap((region) =>
    provincesByRegion[region].split(' ').map((prefix) => [prefix, region] as const),
  ),
)

/** City level entries that stand between a province and its districts and are no place of their own. */
const placeholderNames = new Set(['市辖区', '县', '省直辖县级行政区划', '自治区直辖县级行政区划'])

const earthRadiusKilometres = 6371.0088

const divisions = parseRows(divisionData.rows)

function parseRows(rows: readonly string[]): ReadonlyMap<string, Division> {
  const codes = new Set(rows.map((row) => row.slice(0, 6)))
  return new Map(
    rows.map((row) => {
      const [code = '', name = '', longitude, latitude] = row.split(',')
      const division = { code, name, longitude: Number(longitude), latitude: Number(latitude) }
      return [code, { ...division, level: levelOf(code), parentCode: parentCodeOf(code, codes) }]
    }),
  )
}

function levelOf(code: string): DivisionLevel {
  if (code.endsWith('0000')) return 'province'
  return code.endsWith('00') ? 'city' : 'district'
}

function parentCodeOf(code: string, known: ReadonlySet<string>): string | null {
  const level = levelOf(code)
  if (level === 'province') return null
  const cityCode = `${code.slice(0, 4)}00`
  return level === 'district' && known.has(cityCode) ? cityCode : `${code.slice(0, 2)}0000`
}

/** The division of a six-digit code such as `330110`, or undefined if there is none. */
export function findDivision(code: string): Division | undefined {
  return divisions.get(code)
}

/** Every division of a level, ascending by code. */
export function listDivisions(level: DivisionLevel): Division[] {
  return [...divisions.values()].filter((division) => division.level === level)
}

/** Whether an entry stands between a province and its districts only so that codes have three levels. */
export function isPlaceholder({ level, name }: Division): boolean {
  return level === 'city' && placeholderNames.has(name)
}

/** The finest division at every place: districts, and cities or provinces that have none (东莞市, 台湾省). */
export function listLeafDivisions(): Division[] {
  const parents = new Set([...divisions.values()].map(({ parentCode }) => parentCode))
  return [...divisions.values()].filter(({ code }) => !parents.has(code))
}

/**
 * The full name as it is written on a parcel: `浙江省杭州市余杭区`, `上海市浦东新区`, `河南省济源市`.
 * Undefined for an unknown code.
 */
export function divisionName(code: string): string | undefined {
  const names: string[] = []
  let division = divisions.get(code)
  if (!division) return undefined
  while (division) {
    if (!isPlaceholder(division)) names.unshift(division.name)
    division = division.parentCode === null ? undefined : divisions.get(division.parentCode)
  }
  // 嘉峪关市 is listed as the only district of itself.
  return names.filter((name, index) => name !== names[index - 1]).join('')
}

/** The centre of a division in GCJ-02, or undefined for an unknown code. */
export function centreOf(code: string): Point | undefined {
  const division = divisions.get(code)
  return division && { longitude: division.longitude, latitude: division.latitude }
}

/** The region of a division; only its province decides. Undefined if there is no such province. */
export function regionOf(code: string): Region | undefined {
  return regionByProvince.get(code.slice(0, 2))
}

/** Great-circle distance in kilometres (haversine); within 0.6 % of the distance on the ellipsoid. */
export function distanceKilometres(a: Point, b: Point): number {
  const halfLatitude = Math.sin(radians(b.latitude - a.latitude) / 2)
  const halfLongitude = Math.sin(radians(b.longitude - a.longitude) / 2)
  const h =
    halfLatitude ** 2 + Math.cos(radians(a.latitude)) * Math.cos(radians(b.latitude)) * halfLongitude ** 2
  // Rounding can lift h of two antipodes a hair above 1, where asin has no value.
  return 2 * earthRadiusKilometres * Math.asin(Math.min(1, Math.sqrt(h)))
}

function radians(degrees: number): number {
  return (degrees * Math.PI) / 180
}
