import {
  centreOf,
  type Division,
  findDivision,
  isPlaceholder,
  listDivisions,
  type Point,
  regionOf,
} from './division.ts'

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

/** Cities and districts by the first two digits of their code: an address is looked for in one province only. */
const divisionsByProvince = new Map<string, Division[]>()
for (const division of [...listDivisions('city'), ...listDivisions('district')]) {
  const province = division.code.slice(0, 2)
  divisionsByProvince.set(province, [...(divisionsByProvince.get(province) ?? []), division])
}

/** The place of a division code. */
export function placeOf(divisionCode: string): Place {
  const division = findDivision(divisionCode)
  const region = regionOf(divisionCode) ?? null
  if (!division) return { divisionCode, region, point: null, problem: 'unknown-division' }
  const isProvince = division.level === 'province' || isPlaceholder(division)
  if (isProvince && !CITY_PROVINCES.includes(`${divisionCode.slice(0, 2)}0000`)) {
    return { divisionCode, region, point: null, problem: 'province-only' }
  }
  return { divisionCode, region, point: centreOf(divisionCode) ?? null, problem: null }
}

/**
 * The place of an order: its division, or a finer one that its address names beyond doubt. A street address begins with
 * `[province] [city] [district]`, each of which may be left out; what comes after is not looked at, because streets are
 * named after cities.
 */
export function placeOfAddress(divisionCode: string, address: string): Place {
  const place = placeOf(divisionCode)
  const division = findDivision(divisionCode)
  if (!division || division.level === 'district') return place
  const [named, ...others] = divisionsNamed(address.replaceAll(/\s/g, ''), division)
  if (named === undefined) return place
  if (others.length === 0) return placeOf(named.code)
  return place.point === null ? { ...place, problem: 'ambiguous-name' } : place
}

const provinces = listDivisions('province').map(({ code, name }) => ({
  code,
  name,
  short: shortNameOf(name),
}))

/** 浙江省 → 浙江, 内蒙古自治区 → 内蒙古, 上海市 → 上海. */
export function shortNameOf(province: string): string {
  return province.replace(/(省|市|特别行政区|壮族自治区|回族自治区|维吾尔自治区|自治区)$/, '')
}

/** The code of the province that a text begins with, in full or short; null where it names none. */
export function provinceNamed(text: string): string | null {
  return provinces.find(({ short }) => text.trim().startsWith(short))?.code ?? null
}

/** The cities and districts within a division that the beginning of a text may mean. */
function divisionsNamed(text: string, within: Division): Division[] {
  const province = findDivision(`${within.code.slice(0, 2)}0000`)?.name ?? ''
  const short = shortNameOf(province)
  const beginnings = [
    text,
    ...[province, short].filter((name) => text.startsWith(name)).map((name) => text.slice(name.length)),
  ]
  const prefix = within.code.replace(/(00){1,2}$/, '')
  const ofProvince = divisionsByProvince.get(within.code.slice(0, 2)) ?? []
  const inside = ofProvince.filter((division) => division.code.startsWith(prefix) && !isPlaceholder(division))
  const cities = inside.filter((division) => division.level === 'city')
  const districts = inside.filter((division) => division.level === 'district')
  for (const beginning of beginnings) {
    const found = namedAt(beginning, cities, districts)
    if (found.length > 0) return found
  }
  return []
}

function namedAt(text: string, cities: readonly Division[], districts: readonly Division[]): Division[] {
  for (const city of cities) {
    const own = districts.filter((district) => district.parentCode === city.code)
    const isNamed = text.startsWith(city.name)
    // Without its 市 a city is only believed if one of its districts follows: 南京路 is a street in many places.
    const name = isNamed ? city.name : city.name.replace(/市$/, '')
    if (!text.startsWith(name)) continue
    const [district] = longestAt(text.slice(name.length), own)
    if (district) return [district]
    if (isNamed) return [city]
  }
  return longestAt(text, districts)
}

/** Those whose name the text begins with; of names of which one begins the other, the longer. */
function longestAt(text: string, divisions: readonly Division[]): Division[] {
  const named = divisions.filter((division) => text.startsWith(division.name))
  const length = Math.max(0, ...named.map((division) => division.name.length))
  return named.filter((division) => division.name.length === length)
}
