import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  chinaDay,
  maskedNumber,
  mobileNumberOf,
  NOTIFICATION_WAYS,
  nextReportCheck,
  quietUntil,
  renderParameters,
  settleDoubt,
  templateInstead,
} from '../../domain/notification.ts'

const MINUTE_MS = 60_000
const night = { from: '22:00', until: '08:00' }

describe('quiet hours', () => {
  test.each([
    ['2026-11-11T21:59:59+08:00', null],
    ['2026-11-11T22:00:00+08:00', '2026-11-12T08:00:00+08:00'],
    ['2026-11-12T00:30:00+08:00', '2026-11-12T08:00:00+08:00'],
    ['2026-11-12T07:59:59+08:00', '2026-11-12T08:00:00+08:00'],
    ['2026-11-12T08:00:00+08:00', null],
  ])('over midnight: at %s they are over at %s', (at, until) => {
    expect(quietUntil(new Date(at), night)?.getTime() ?? null).toBe(until && Date.parse(until))
  })

  test('within a day, as at noon', () => {
    const noon = { from: '12:00', until: '13:30' }
    expect(quietUntil(new Date('2026-11-11T12:10:00+08:00'), noon)).toEqual(
      new Date('2026-11-11T13:30:00+08:00'),
    )
    expect(quietUntil(new Date('2026-11-11T13:30:00+08:00'), noon)).toBeNull()
  })

  test('what they put off is sent within a day, at a time that is not quiet', () => {
    const time = fc
      .integer({ min: 0, max: 24 * 60 - 1 })
      .map((at) => `${String(Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}`)
    const moment = fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
    fc.assert(
      fc.property(moment, time, time, (at, from, until) => {
        fc.pre(from !== until)
        const end = quietUntil(at, { from, until })
        if (!end) return
        expect(end.getTime()).toBeGreaterThan(at.getTime())
        expect(end.getTime() - at.getTime()).toBeLessThanOrEqual(24 * 60 * MINUTE_MS)
        expect(quietUntil(end, { from, until })).toBeNull()
      }),
    )
  })
})

test('a day is China’s', () => {
  expect(chinaDay(new Date('2026-11-10T16:00:00Z'))).toBe('2026-11-11')
  expect(chinaDay(new Date('2026-11-10T15:59:59Z'))).toBe('2026-11-10')
})

test.each([
  ['13800138000', '13800138000'],
  ['+86 138-0013-8000', '13800138000'],
  ['8613800138000', '13800138000'],
  ['138****8000', null],
  ['13800138000-1234', null],
  ['0571-88888888', null],
  ['+1 2025550123', null],
  ['', null],
])('a text can be sent to %s as %s', (phone, number) => {
  expect(mobileNumberOf(phone)).toBe(number)
})

test('a number that is shown tells nobody whose it is', () => {
  expect(maskedNumber('13800138000')).toBe('138****8000')
  expect(maskedNumber('1380013')).toBe('****')
})

test('parameters keep their order, and none is longer than its provider takes', () => {
  const facts = {
    courier: '顺丰速运',
    waybillNumber: 'SF123',
    orderNumber: 'O1',
    storeName: '🍵🍵🍵',
    unitCount: '2',
  }
  expect(
    renderParameters(
      [
        { name: 'no', field: 'waybillNumber', maxCharacters: 35 },
        { name: 'shop', field: 'storeName', maxCharacters: 2 },
      ],
      facts,
    ),
  ).toEqual([
    { name: 'no', value: 'SF123' },
    { name: 'shop', value: '🍵🍵' },
  ])
})

describe('a message whose sending was cut off', () => {
  const HOUR_MS = 60 * MINUTE_MS
  test('is sent again only when its provider has no record of it long after, and not for ever', () => {
    expect(settleDoubt({ kind: 'absent' }, { sinceMs: MINUTE_MS, attempts: 1 })).toEqual({
      next: 'ask-again',
    })
    expect(settleDoubt({ kind: 'absent' }, { sinceMs: HOUR_MS, attempts: 1 })).toEqual({ next: 'send-again' })
    expect(settleDoubt({ kind: 'absent' }, { sinceMs: HOUR_MS, attempts: 3 }).next).toBe('person')
  })

  test('is a person’s when its provider says nothing for hours, however often it was tried', () => {
    const silent = { kind: 'silent', reason: '504' } as const
    expect(settleDoubt(silent, { sinceMs: HOUR_MS, attempts: 1 })).toEqual({ next: 'ask-again' })
    expect(settleDoubt(silent, { sinceMs: 7 * HOUR_MS, attempts: 1 })).toEqual({
      next: 'person',
      reason: '504',
    })
  })

  test('is settled by what its provider knows', () => {
    const doubt = { sinceMs: 0, attempts: 1 }
    expect(settleDoubt({ kind: 'sent', providerId: 'B1' }, doubt)).toEqual({ next: 'sent', providerId: 'B1' })
    expect(settleDoubt({ kind: 'delivered', providerId: null }, doubt)).toEqual({
      next: 'delivered',
      providerId: null,
    })
    expect(settleDoubt({ kind: 'undelivered', reason: 'off' }, doubt)).toEqual({
      next: 'undelivered',
      reason: 'off',
    })
  })
})

test('an operator’s report is asked for ever more rarely, and after three days no more', () => {
  const checks: number[] = []
  for (let next = nextReportCheck(0); next !== null; next = nextReportCheck(next))
    checks.push(next / MINUTE_MS)
  expect(checks).toEqual([10, 60, 6 * 60, 24 * 60, 72 * 60])
})

describe('another way is taken', () => {
  const template = fc.record({ way: fc.constantFrom(...NOTIFICATION_WAYS), isFallback: fc.boolean() })
  const templates = fc.uniqueArray(template, { selector: ({ way }) => way })

  test('only when every way so far has missed the customer, and each once', () => {
    fc.assert(
      fc.property(templates, fc.func(fc.boolean()), (list, misses) => {
        const told = list
          .filter(({ isFallback }) => !isFallback)
          .map(({ way }) => ({ way, wasMissed: misses(way) }))
        for (let next = templateInstead(list, told); next; next = templateInstead(list, told)) {
          expect(told.every(({ wasMissed }) => wasMissed)).toBe(true)
          expect(told.map(({ way }) => way)).not.toContain(next.way)
          expect(next.isFallback).toBe(true)
          told.push({ way: next.way, wasMissed: misses(next.way) })
        }
        const isReached = told.some(({ wasMissed }) => !wasMissed)
        expect(isReached || told.length === list.length).toBe(true)
      }),
    )
  })

  test('in the order of the policy', () => {
    const list = [
      { way: 'sms', isFallback: false },
      { way: 'wechat_template', isFallback: true },
      { way: 'wechat', isFallback: true },
    ] as const
    expect(templateInstead(list, [{ way: 'sms', wasMissed: true }])?.way).toBe('wechat_template')
  })
})
