import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  centreOf,
  distanceKilometres,
  divisionName,
  findDivision,
  listDivisions,
  listLeafDivisions,
  regionOf,
  regions,
} from '../../domain/division.ts'
import divisionData from '../../domain/divisions.generated.json' with { type: 'json' }

const all = [...listDivisions('province'), ...listDivisions('city'), ...listDivisions('district')]

describe('the division data', () => {
  test('codes are six digits and unique', () => {
    const codes = divisionData.rows.map((row) => row.split(',')[0])
    expect(codes.every((code) => /^[1-8]\d{5}$/.test(code ?? ''))).toBe(true)
    expect(new Set(codes).size).toBe(codes.length)
    expect(all).toHaveLength(codes.length)
  })

  test('covers 34 provinces and about three thousand districts', () => {
    expect(listDivisions('province')).toHaveLength(34)
    expect(listDivisions('city').length).toBeGreaterThan(330)
    expect(listDivisions('district').length).toBeGreaterThan(2950)
  })

  test('every city and district has a parent, and every parent chain ends at a province', () => {
    for (const division of all) {
      const parent = findDivision(division.parentCode ?? '')
      if (division.level === 'province') expect(division.parentCode).toBeNull()
      else expect(parent, division.name).toBeDefined()
      if (division.level === 'city') expect(parent?.level).toBe('province')
    }
  })

  test('every centre lies within China', () => {
    for (const { name, longitude, latitude } of all) {
      expect(longitude, name).toBeGreaterThan(73.4)
      expect(longitude, name).toBeLessThan(135.1)
      expect(latitude, name).toBeGreaterThan(3.8)
      expect(latitude, name).toBeLessThan(53.6)
    }
  })

  test('no district lies implausibly far from its city, the South China Sea aside', () => {
    for (const district of listDivisions('district').filter(({ code }) => !code.startsWith('4603'))) {
      const city = findDivision(district.parentCode ?? '')
      if (city?.level !== 'city' || city.name.includes('直辖') || city.name === '县') continue
      expect(distanceKilometres(district, city), district.code + district.name).toBeLessThan(650)
    }
  })

  test('a city without districts is the finest division of its place', () => {
    const leaves = new Set(listLeafDivisions().map(({ code }) => code))
    for (const code of ['441900', '442000', '460400', '620201', '710000', '330110'])
      expect(leaves).toContain(code)
    for (const code of ['330100', '440000', '620200']) expect(leaves).not.toContain(code)
    expect(listLeafDivisions().filter(({ level }) => level !== 'district')).toHaveLength(4)
  })

  test('every division has a region, and every region a province', () => {
    expect(all.every(({ code }) => regionOf(code) !== undefined)).toBe(true)
    expect(new Set(listDivisions('province').map(({ code }) => regionOf(code)))).toEqual(new Set(regions))
  })
})

describe('divisionName', () => {
  test.each([
    ['330110', '浙江省杭州市余杭区'],
    ['310115', '上海市浦东新区'],
    ['500235', '重庆市云阳县'],
    ['419001', '河南省济源市'],
    ['441900', '广东省东莞市'],
    ['620201', '甘肃省嘉峪关市'],
    ['450181', '广西壮族自治区南宁市横州市'],
    ['810001', '香港特别行政区中西区'],
    ['710000', '台湾省'],
    ['330000', '浙江省'],
  ])('%s is %s', (code, name) => {
    expect(divisionName(code)).toBe(name)
  })

  test('is undefined for a code that does not exist', () => {
    for (const code of ['', '33', '330199', '3301100', '__proto__']) {
      expect(divisionName(code)).toBeUndefined()
      expect(findDivision(code)).toBeUndefined()
      expect(centreOf(code)).toBeUndefined()
    }
  })
})

describe('regionOf', () => {
  test.each([
    ['330110', '华东'],
    ['110000', '华北'],
    ['440305', '华南'],
    ['420112', '华中'],
    ['510100', '西南'],
    ['610100', '西北'],
    ['210100', '东北'],
    ['820001', '港澳台'],
  ])('%s is in %s', (code, region) => {
    expect(regionOf(code)).toBe(region)
  })

  test('is undefined where there is no such province', () => {
    expect(regionOf('990000')).toBeUndefined()
    expect(regionOf('')).toBeUndefined()
  })
})

describe('distanceKilometres', () => {
  const between = (a: string, b: string) => {
    const from = centreOf(a)
    const to = centreOf(b)
    if (!from || !to) throw new Error('unknown code')
    return distanceKilometres(from, to)
  }

  test('knows how far cities are apart', () => {
    expect(between('330100', '310000')).toBeGreaterThan(160)
    expect(between('330100', '310000')).toBeLessThan(180)
    expect(between('110000', '310000')).toBeGreaterThan(1050)
    expect(between('110000', '310000')).toBeLessThan(1085)
    expect(between('440100', '440300')).toBeGreaterThan(95)
    expect(between('440100', '440300')).toBeLessThan(115)
  })

  const point = fc.record({
    longitude: fc.double({ min: -180, max: 180, noNaN: true }),
    latitude: fc.double({ min: -90, max: 90, noNaN: true }),
  })

  test('is a metric: symmetric, zero for the same point, never longer by a detour', () => {
    fc.assert(
      fc.property(point, point, point, (a, b, c) => {
        expect(distanceKilometres(a, b)).toBeCloseTo(distanceKilometres(b, a), 6)
        expect(distanceKilometres(a, a)).toBe(0)
        // Half the circumference is the longest way there is.
        expect(distanceKilometres(a, b)).toBeLessThanOrEqual(20016)
        expect(distanceKilometres(a, c)).toBeLessThanOrEqual(
          distanceKilometres(a, b) + distanceKilometres(b, c) + 1e-3,
        )
      }),
    )
  })
})
