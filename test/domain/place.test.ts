import { describe, expect, test } from 'vitest'
import { centreOf, divisionName, listLeafDivisions } from '../../domain/division.ts'
import { placeOf, placeOfAddress } from '../../domain/place.ts'

describe('placeOf', () => {
  test.each([
    ['330106', null],
    ['330100', null],
    ['310000', null],
    ['710000', null],
    ['330000', 'province-only'],
    // Stands between Hainan and its counties; its centre is Hainan's.
    ['469000', 'province-only'],
    ['999999', 'unknown-division'],
  ])('%s: %s', (code, problem) => {
    const place = placeOf(code)
    expect(place.problem).toBe(problem)
    expect(place.point).toEqual(problem === null ? centreOf(code) : null)
  })
})

describe('placeOfAddress', () => {
  test.each([
    ['a district of a named city', '320000', '南京市鼓楼区中山路1号', '320106', null],
    ['a district of a city without its 市', '320000', '南京鼓楼区中山路1号', '320106', null],
    ['with the province in front, and spaces', '320000', '江苏省 徐州市 鼓楼区 中山路1号', '320302', null],
    ['a name that is one district only', '320000', '玄武区珠江路1号', '320102', null],
    ['a name that is two districts', '320000', '鼓楼区中山路1号', '320000', 'ambiguous-name'],
    ['a city without a district', '320000', '南京市中山路1号', '320100', null],
    ['a street that is called after a city', '320000', '南京路1号', '320000', 'province-only'],
    ['a street that is called after a district', '320000', '学府路鼓楼区商场', '320000', 'province-only'],
    ['a district of another province', '330000', '江苏省南京市玄武区', '330000', 'province-only'],
    ['a county city under its province', '320000', '昆山市前进路1号', '320583', null],
    ['a city that is called like its province', '220000', '吉林市昌邑区解放路1号', '220202', null],
    ['a district where only the city was given', '320100', '鼓楼区中山路1号', '320106', null],
    ['a city that was given, and a district elsewhere', '320100', '徐州市云龙区', '320100', null],
    ['a district that was given is not doubted', '320102', '鼓楼区中山路1号', '320102', null],
    ['a code that does not exist', '999999', '南京市鼓楼区', '999999', 'unknown-division'],
  ])('%s', (_, code, address, expected, problem) => {
    expect(placeOfAddress(code, address)).toMatchObject({ divisionCode: expected, problem })
  })

  test('every district of the country is found by its full name from its province, and none is taken for another', () => {
    const found = listLeafDivisions().map(({ code }) => ({
      code,
      place: placeOfAddress(`${code.slice(0, 2)}0000`, `${divisionName(code)}解放路1号`),
    }))
    const wrong = found.filter(({ code, place }) => place.divisionCode !== code)
    // 嘉峪关市 is listed as the only district of itself.
    expect(wrong.map(({ code }) => code)).toEqual(['620201'])
  })
})
