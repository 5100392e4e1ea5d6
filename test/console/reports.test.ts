import { describe, expect, test } from 'vitest'
import type { DataFlow } from '../../console/src/api/types.ts'
import { formatPoints, formatShare } from '../../console/src/format/number.ts'
import { arrowsOf, placesOf } from '../../console/src/reports/flow-layout.ts'
import { dayBefore, monthOf, periodName } from '../../console/src/reports/periods.ts'

describe('periods are those of China, whatever the zone of whoever looks', () => {
  test('a period is named by its beginning', () => {
    const midnight = '2026-11-27T16:00:00.000Z'
    expect(periodName(midnight, 'day')).toBe('11-28')
    expect(periodName(midnight, 'hour')).toBe('11-28 00:00')
    expect(periodName('2026-10-31T16:00:00.000Z', 'month')).toBe('2026-11')
  })

  test('the month and the days before begin at midnight there', () => {
    const lastEvening = new Date('2026-11-30T16:30:00Z')
    expect(monthOf(lastEvening)).toBe('2026-12')
    expect(dayBefore(lastEvening, 0)).toBe('2026-12-01')
    expect(dayBefore(lastEvening, 1)).toBe('2026-11-30')
  })
})

test('shares and points are told with one decimal, and points with their sign', () => {
  expect(formatShare(0.985)).toBe('98.5%')
  expect(formatPoints(1.25)).toBe('+1.3')
  expect(formatPoints(-0.4)).toBe('-0.4')
  expect(formatPoints(0.01)).toBe('0.0')
})

type System = DataFlow['systems'][number]
const system = (systemId: string, kind: System['kind']): System => ({
  systemId,
  kind,
  key: systemId,
  title: { en: systemId, zh: systemId },
})
const edge = (edgeId: string, from: string, to: string, state: 'broken' | 'ok' | 'unknown') =>
  ({ edgeId, from, to, state }) as DataFlow['edges'][number] // the figures of an edge do not place it

describe('the map', () => {
  test('has the hub in the middle, sources left of it and receivers right, none on top of another', () => {
    const places = placesOf([
      system('hub', 'hub'),
      system('mall', 'channel'),
      system('jd', 'channel'),
      system('sf', 'courier'),
      system('erp', 'erp'),
    ])
    const at = new Map(places.map(({ systemId, x, y }) => [systemId, { x, y }]))
    expect(at.get('mall')?.x).toBeLessThan(at.get('hub')?.x ?? 0)
    expect(at.get('erp')?.x).toBeGreaterThan(at.get('hub')?.x ?? 0)
    // Beside the middle one of three sources.
    expect(at.get('hub')?.y).toBe(at.get('jd')?.y)
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(places.length)
  })

  test('many systems of one side stand in several columns, so that they can be read', () => {
    const many = Array.from({ length: 20 }, (_value, index) => system(`wms ${index}`, 'warehouse_system'))
    const places = placesOf([...many, system('hub', 'hub')])
    const sources = places.filter(({ systemId }) => systemId !== 'hub')
    expect(new Set(sources.map(({ x }) => x)).size).toBe(3)
    expect(Math.max(...places.map(({ x }) => x))).toBe(places.find(({ systemId }) => systemId === 'hub')?.x)
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(21)
  })

  test('one arrow stands for all flows between two systems, and is as bad as the worst of them', () => {
    const arrows = arrowsOf([
      edge('a', 'mall', 'hub', 'ok'),
      edge('b', 'mall', 'hub', 'broken'),
      edge('c', 'hub', 'mall', 'unknown'),
    ])
    expect(arrows).toHaveLength(2)
    expect(arrows[0]).toMatchObject({ edgeId: 'b', state: 'broken', from: 'mall', to: 'hub' })
    expect(arrows[0]?.edges).toHaveLength(2)
    expect(arrows[1]).toMatchObject({ edgeId: 'c', state: 'unknown' })
  })
})
