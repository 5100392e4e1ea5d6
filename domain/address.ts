import { type Division, findDivision, isPlaceholder, listDivisions, listLeafDivisions } from './division.ts'
import { shortNameOf } from './place.ts'

/**
 * What can be said of a Chinese address without asking anybody: where it lies, and what it lacks. Nothing is guessed: a
 * name that two places have is ambiguous, names that cannot be true together contradict. No part of the address is in
 * the verdict, so that it may be kept where no personal data may be.
 */
export type AddressVerdict = {
  /** The finest division that is certain; the order's own code where the text names none. */
  divisionCode: string
  level: 'district' | 'city' | 'province' | 'none'
  isAmbiguous: boolean
  isContradictory: boolean
  /** Letters and digits behind the divisions. */
  detailCharacters: number
  /** There is text, but it says nothing: 家里, 见备注, 123456. */
  isVague: boolean
  lacksHouseNumber: boolean
}

/** Provinces that are one city: there is no city to be named. */
const CITY_PROVINCES = new Set(['11', '12', '31', '50', '71', '81', '82'])

const provinces = listDivisions('province')
const cities = listDivisions('city').filter((division) => !isPlaceholder(division))
const districts = listDivisions('district')
const leaves = new Set(listLeafDivisions().map(({ code }) => code))

/** 凉山彝族自治州 is 凉山州 to most people. */
const PEOPLES =
  /(?:(?:藏|羌|彝|回|苗|侗|壮|白|傣|蒙古|朝鲜|土家|布依|哈尼|景颇|傈僳|柯尔克孜)族?|哈萨克)+自治州$/

function namesOfCity({ name }: Division): string[] {
  const short = name.replace(PEOPLES, '州')
  return short === name ? [name] : [name, short]
}

/** Divisions by the first two characters of their names: a text begins with few of them. */
function index(divisions: readonly Division[], namesOf: (division: Division) => string[]) {
  const entries = new Map<string, { name: string; division: Division }[]>()
  for (const division of divisions) {
    for (const name of namesOf(division)) {
      const key = name.slice(0, 2)
      entries.set(key, [...(entries.get(key) ?? []), { name, division }])
    }
  }
  /** Those with the longest name that the text begins with. */
  return (text: string): { name: string; divisions: Division[] } | null => {
    const found = (entries.get(text.slice(0, 2)) ?? []).filter(({ name }) => text.startsWith(name))
    const length = Math.max(0, ...found.map(({ name }) => name.length))
    const longest = found.filter(({ name }) => name.length === length)
    const [first] = longest
    return first ? { name: first.name, divisions: longest.map(({ division }) => division) } : null
  }
}

const provinceAt = index(provinces, ({ name }) => [name])
const cityAt = index(cities, namesOfCity)
const districtAt = index(districts, ({ name }) => [name])
const shortProvinceAt = index(provinces, ({ name }) => [shortNameOf(name)])
const shortCityAt = index(cities, ({ name }) => (name.endsWith('市') ? [name.slice(0, -1)] : []))

/** What follows a name that is a street's: 开发区路. */
const STREET = /^[路街]/
/** The same where the name is short: 南京东路. */
const SHORT_STREET = /^[东西南北中]?(?:路|街|大道|大街|巷|道|里|弄)/
/** Names that are divisions somewhere and mere directions everywhere else. */
const GENERIC = new Set([
  '城区',
  '郊区',
  '矿区',
  '东区',
  '西区',
  '新城区',
  '城关区',
  '城中区',
  '城东区',
  '城西区',
  '城北区',
])

/** What the beginning of the text names, from the province down, and the text behind it. */
type Named = {
  province: Division | null
  city: Division | null
  /** All of that name in the country. */
  districts: Division[]
  /** Two provinces, or two cities. */
  isTwice: boolean
  rest: string
}

function readDivisions(text: string): Named {
  const named: Named = { province: null, city: null, districts: [], isTwice: false, rest: text }
  for (;;) {
    const found = nextName(named)
    if (!found) break
    const { level, division, length } = found
    if (named[level] && named[level].code !== division.code) named.isTwice = true
    named[level] ??= division
    named.rest = named.rest.slice(length)
    if (level === 'city') break
  }
  // A city is written twice by forms that ask for it.
  const again = cityAt(named.rest)
  if (again && again.divisions[0]?.code === named.city?.code) named.rest = named.rest.slice(again.name.length)
  return readDistrict(named)
}

function nextName(named: Named): { level: 'province' | 'city'; division: Division; length: number } | null {
  const { rest } = named
  const province = provinceAt(rest)
  const city = cityAt(rest)
  const isStreet = (name: string) => STREET.test(rest.slice(name.length))
  const better = (city?.name.length ?? 0) > (province?.name.length ?? 0) ? city : province
  const [division] = better?.divisions ?? []
  if (better && division && !isStreet(better.name)) {
    return { level: better === city ? 'city' : 'province', division, length: better.name.length }
  }
  const shortCity = shortCityAt(rest)
  const [short] = shortCity?.divisions ?? []
  if (shortCity && short && isBelieved(named, short, rest.slice(shortCity.name.length))) {
    return { level: 'city', division: short, length: shortCity.name.length }
  }
  if (named.province) return null
  const shortProvince = shortProvinceAt(rest)
  const [long] = shortProvince?.divisions ?? []
  if (!shortProvince || !long) return null
  const behind = rest.slice(shortProvince.name.length)
  const next = shortCityAt(behind)
  const isFollowed =
    isOf(long, provinceAt(behind)?.divisions) ||
    isOf(long, cityAt(behind)?.divisions) ||
    isOf(long, districtAt(behind)?.divisions) ||
    (next !== null && isOf(long, next.divisions) && !SHORT_STREET.test(behind.slice(next.name.length)))
  return isFollowed ? { level: 'province', division: long, length: shortProvince.name.length } : null
}

/** Without its 市 a city is believed behind its province, or before one of its districts. */
function isBelieved({ province, city }: Named, short: Division, behind: string): boolean {
  if (city || SHORT_STREET.test(behind)) return false
  if (province) return isOf(province, [short])
  return districtAt(behind)?.divisions.some(({ parentCode }) => parentCode === short.code) ?? false
}

const isOf = (province: Division, divisions: readonly Division[] | undefined) =>
  divisions?.some(({ code }) => code.startsWith(province.code.slice(0, 2))) ?? false

function readDistrict(named: Named): Named {
  const found = districtAt(named.rest)
  if (!found || STREET.test(named.rest.slice(found.name.length))) return named
  const fits = found.divisions.filter((division) => isWithin(division, named))
  // 老城区, 东区: elsewhere a division, here a direction.
  if (fits.length === 0 && GENERIC.has(found.name)) return named
  return { ...named, districts: found.divisions, rest: named.rest.slice(found.name.length) }
}

function isWithin(division: Division, { province, city }: Pick<Named, 'province' | 'city'>): boolean {
  if (city) return division.parentCode === city.code || isPartOf(division.code, city.code)
  return province === null || isPartOf(division.code, province.code)
}

/** Whether a code lies in, or is, another one. */
function isPartOf(code: string, outer: string): boolean {
  return code.startsWith(outer.replace(/(00){1,2}$/, ''))
}

const areCompatible = (a: string, b: string) => isPartOf(a, b) || isPartOf(b, a)

/**
 * Reads an address as people write it. The divisions at its beginning may be left out, shortened or repeated.
 *
 * @param divisionCode the order's division; of what a platform sold often no more than the province
 */
export function readAddress(divisionCode: string, address: string): AddressVerdict {
  const text = address.normalize('NFKC').replaceAll(/\s/g, '')
  const named = readDivisions(text)
  const place = locate(divisionCode, named)
  const detail = detailOf(named.rest)
  return {
    ...place,
    detailCharacters: detail.characters,
    isVague: detail.isVague,
    lacksHouseNumber: !detail.isVague && detail.characters > 0 && !hasHouse(detail.text),
  }
}

function locate(
  divisionCode: string,
  named: Named,
): Pick<AddressVerdict, 'divisionCode' | 'level' | 'isAmbiguous' | 'isContradictory'> {
  const given = findDivision(divisionCode)
  const contradiction = { isAmbiguous: false, isContradictory: true }
  const outer = named.city ?? named.province
  const level = given ? levelOf(given) : ('none' as const)
  const own = { divisionCode, level }
  if (named.isTwice) return { ...own, ...contradiction }
  if (outer && given && !areCompatible(outer.code, divisionCode)) return { ...own, ...contradiction }
  if (named.province && named.city && !isPartOf(named.city.code, named.province.code)) {
    return { ...own, ...contradiction }
  }
  if (named.districts.length === 0)
    return { ...finest(given, outer), isAmbiguous: false, isContradictory: false }
  const fits = named.districts.filter(
    (district) => isWithin(district, named) && (!given || areCompatible(district.code, divisionCode)),
  )
  const [only, ...others] = fits
  if (!only) return { ...own, ...contradiction }
  if (others.length > 0) {
    return { ...finest(given, outer), isAmbiguous: true, isContradictory: false }
  }
  return { divisionCode: only.code, level: 'district', isAmbiguous: false, isContradictory: false }
}

function finest(
  given: Division | undefined,
  named: Division | null,
): Pick<AddressVerdict, 'divisionCode' | 'level'> {
  const [best] = [given, named]
    .filter((division) => division !== undefined && division !== null)
    .toSorted((a, b) => rankOf(b.code) - rankOf(a.code))
  return best ? { divisionCode: best.code, level: levelOf(best) } : { divisionCode: '000000', level: 'none' }
}

const rankOf = (code: string) => (code.endsWith('0000') ? 0 : code.endsWith('00') ? 1 : 2)

function levelOf(division: Division): AddressVerdict['level'] {
  if (leaves.has(division.code)) return 'district'
  if (CITY_PROVINCES.has(division.code.slice(0, 2))) return 'city'
  return division.level === 'province' || isPlaceholder(division) ? 'province' : division.level
}

/** 九亭镇, 粤海街道: part of where it lies, and no place by itself. */
const TOWN = /^[^\d路街巷弄]{1,7}?(?:街道办?|镇|乡|苏木)/
/** Words that are a place to the buyer only. */
const GENERIC_PLACE =
  /^(?:我?的?(?:学校|公司|单位|宿舍|家|村|路|街|小区|楼|门|店|老地方|老位置|原地址))+(?:口|里|门口|楼下|附近|旁边?|对面)?$/
/** Said instead of an address. */
const SAID_INSTEAD =
  /同上|备注|电话|联系|保密|随便|不知道|不清楚|自提|自取|测试|暂[不无]|待定|地址|老地方|上次|到了/g
const PLACE_WORD = /[路街巷弄道村屯寨庄镇乡栋幢座室园苑厦场城坊湾府院校店馆站厂区]|小区|社区|广场|大楼|号楼/
const NAMED_PLACE = /[路街巷弄村屯]$|\d(?:号|弄|栋|幢|座|室)/
const SHORT_CHARACTERS = 4
const HAN = /\p{Script=Han}/u

function detailOf(rest: string): { text: string; characters: number; isVague: boolean } {
  const characters = significant(rest)
  const text = rest.replace(TOWN, '')
  const words = text.replaceAll(/[^\p{L}\p{N}]/gu, '')
  const without = words.replaceAll(SAID_INSTEAD, '')
  const isVague =
    !HAN.test(words) ||
    // 科技园, 路口: a road or a village may have a short name, a place by itself may not.
    (characters < SHORT_CHARACTERS && !NAMED_PLACE.test(words)) ||
    GENERIC_PLACE.test(words) ||
    (without !== words && !/\d/.test(words) && !PLACE_WORD.test(without))
  return { text, characters: words === '' ? 0 : characters, isVague }
}

function significant(text: string): number {
  return [...text.matchAll(/[\p{L}\p{N}]/gu)].length
}

const ROAD_NUMBER = /[gsx]?\d+(?=国道|省道|县道|乡道|高速)/gi
const NUMBERED =
  /[0-9]|[a-z](?=[座栋幢区]|馆)|[一二三四五六七八九十百零〇两]+(?:号|弄|栋|幢|座|室|楼|层|单元|组|队|社|排|户)/i
/** Known to every courier of its place, without a number. */
const LANDMARK =
  /大学(?!城)|学院|中学|小学|幼儿园|医院|卫生院|卫生所|政府|派出所|村委会|居委会|驿站|邮局|法院|检察院|火车站|汽车站|高铁站|机场/
/** In a village people are found by their names. 新村 is what quarters of towns are called, and a road is a town's. */
const VILLAGE = /^[^路街道]*(?:(?<!新)村|(?:屯|寨|庄|湾|沟|嘎查|坊)$)/

function hasHouse(detail: string): boolean {
  return NUMBERED.test(detail.replaceAll(ROAD_NUMBER, '')) || LANDMARK.test(detail) || VILLAGE.test(detail)
}

/** Shorter ones are shared by people who do not know each other. */
const MIN_KEY_CHARACTERS = 6

/**
 * What is the same for two orders to one door, however its divisions, spaces and punctuation are written; null where
 * that cannot be said. Personal data: hash it before it is kept.
 */
export function addressText(divisionCode: string, address: string): string | null {
  const verdict = readAddress(divisionCode, address)
  const { isContradictory, isAmbiguous, isVague, lacksHouseNumber, detailCharacters } = verdict
  if (address.includes('*') || isContradictory || isAmbiguous || isVague || lacksHouseNumber) return null
  if (detailCharacters < MIN_KEY_CHARACTERS) return null
  const { rest } = readDivisions(address.normalize('NFKC').replaceAll(/\s/g, ''))
  // What stands between two numbers tells them apart: 3-201 is not 32-01.
  const plain = rest
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .replaceAll(/(?<!\d) | (?!\d)/g, '')
  return `${verdict.divisionCode} ${plain}`
}
