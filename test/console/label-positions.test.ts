import { expect, test } from 'vitest'
import { labelPositions } from '../../console/src/map/label-positions.ts'

const place = (name: string, longitude: number, latitude: number, note = '') => ({
  ...{ name, longitude, latitude, note },
})

test('a name stands beside its place, and names of neighbouring places do not cover each other', () => {
  expect(labelPositions([place('成都新都仓', 104.2, 30.8)])).toEqual(['right'])
  const positions = labelPositions([
    place('北京大兴仓', 116.3, 39.7),
    place('天津武清仓', 117.0, 39.4, '▼ 1'),
    place('沈阳于洪仓', 123.3, 41.8),
  ])
  expect(positions[0]).not.toBe(positions[1])
  expect(new Set(labelPositions(Array.from({ length: 4 }, () => place('同一处仓库', 113, 23)))).size).toBe(4)
})
