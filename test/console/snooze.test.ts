import fc from 'fast-check'
import { expect, test } from 'vitest'
import { snoozeUntil } from '../../console/src/watch/snooze-times.ts'
import { maySnoozeUntil } from '../../domain/snooze.ts'

test.each([
  // A Saturday; a Sunday, which is a Saturday in Greenwich; a Monday morning before nine.
  ['2026-11-28T10:00:00+08:00', '2026-11-29T09:00:00+08:00', '2026-11-30T09:00:00+08:00'],
  ['2026-11-29T01:00:00+08:00', '2026-11-30T09:00:00+08:00', '2026-11-30T09:00:00+08:00'],
  ['2026-11-30T08:00:00+08:00', '2026-12-01T09:00:00+08:00', '2026-12-07T09:00:00+08:00'],
])('at %s tomorrow and next Monday are mornings of China', (now, tomorrow, monday) => {
  const at = new Date(now)
  expect(Date.parse(snoozeUntil('tomorrow', at))).toBe(Date.parse(tomorrow))
  expect(Date.parse(snoozeUntil('monday', at))).toBe(Date.parse(monday))
  expect(Date.parse(snoozeUntil('hour', at)) - at.getTime()).toBe(3_600_000)
})

test('whenever it is pressed, each preset is a time that the API takes', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 4e12 }),
      fc.constantFrom('hour' as const, 'tomorrow' as const, 'monday' as const),
      (nowMs, preset) => {
        expect(maySnoozeUntil(Date.parse(snoozeUntil(preset, new Date(nowMs))), nowMs)).toBe(true)
      },
    ),
  )
})
