import { expect, test } from 'vitest'
import { table } from '../../../scripts/replay/report.ts'

test('the columns of a table line up, also when its last row is short', () => {
  const rows = [
    ['', 'lines', 'units'],
    ['ordered', 1_015_071, 11_221_940],
    ['returned', 15_933, -450_081],
    ['all', 1_067_371],
  ]
  expect(table(rows, '').split('\n')).toEqual([
    '              lines       units',
    'ordered   1,015,071  11,221,940',
    'returned     15,933    -450,081',
    'all       1,067,371',
  ])
})
