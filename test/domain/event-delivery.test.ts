import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  DISABLED_AFTER_SECONDS,
  EVENT_ATTEMPTS,
  FAILURES_UNTIL_DOWN,
  judgeAttempt,
} from '../../domain/event-delivery.ts'

const healthy = { consecutiveFailures: 0, failingForSeconds: null }
const attempt = (number: number, status: number | null, retryAfterSeconds: number | null = null) => ({
  number,
  status,
  retryAfterSeconds,
})

describe('what follows from one try of an event', () => {
  test('the delays are those of Standard Webhooks, and the tenth failure is the last', () => {
    const delays = Array.from({ length: EVENT_ATTEMPTS }, (_, index) => {
      const verdict = judgeAttempt(attempt(index + 1, 500), healthy, 0)
      return 'retryInSeconds' in verdict ? verdict.retryInSeconds : 'none'
    })
    const hours = (count: number) => count * 3600
    expect(delays).toEqual([
      5,
      300,
      1800,
      hours(2),
      hours(5),
      hours(10),
      hours(14),
      hours(20),
      hours(24),
      null,
    ])
  })

  test.each([200, 201, 202, 204, 299])('%i is success, whatever was before', (status) => {
    const health = { consecutiveFailures: 99, failingForSeconds: DISABLED_AFTER_SECONDS * 2 }
    expect(judgeAttempt(attempt(EVENT_ATTEMPTS, status), health, 0)).toEqual({ outcome: 'delivered' })
  })

  test('410 ends the subscription at once', () => {
    expect(judgeAttempt(attempt(1, 410), healthy, 0)).toEqual({ outcome: 'gone' })
  })

  test.each([301, 307, 400, 401, 404, 422, 500, 501, 505])(
    '%i is about the event: others go on',
    (status) => {
      expect(judgeAttempt(attempt(1, status), healthy, 0)).toMatchObject({
        outcome: 'retry',
        throttleSeconds: null,
      })
    },
  )

  test.each([429, 502, 503, 504, null])(
    '%s is about the endpoint: it is left alone for a while',
    (status) => {
      expect(judgeAttempt(attempt(1, status), healthy, 0)).toMatchObject({
        outcome: 'retry',
        throttleSeconds: 5,
      })
    },
  )

  test('Retry-After is honoured for the event and for the whole endpoint, up to a day', () => {
    expect(judgeAttempt(attempt(1, 429, 120), healthy, 0)).toMatchObject({
      retryInSeconds: 120,
      throttleSeconds: 120,
    })
    expect(judgeAttempt(attempt(1, 503, 1e9), healthy, 0)).toMatchObject({ throttleSeconds: 86_400 })
    // Sooner than planned is not sooner than planned.
    expect(judgeAttempt(attempt(4, 429, 1), healthy, 0)).toMatchObject({
      retryInSeconds: 7200,
      throttleSeconds: 1,
    })
  })

  test('an endpoint that fails whatever it is sent is probed, less and less often', () => {
    const throttles = Array.from({ length: 12 }, (_, failures) => {
      const verdict = judgeAttempt(attempt(1, 500), { ...healthy, consecutiveFailures: failures }, 0)
      return 'throttleSeconds' in verdict ? verdict.throttleSeconds : 'none'
    })
    expect(throttles.slice(0, FAILURES_UNTIL_DOWN - 1)).toEqual([null, null])
    expect(throttles.slice(FAILURES_UNTIL_DOWN - 1)).toEqual([20, 40, 80, 160, 300, 300, 300, 300, 300, 300])
  })

  test('an endpoint that has taken nothing for five days is given up, the event is not', () => {
    const health = { consecutiveFailures: 9, failingForSeconds: DISABLED_AFTER_SECONDS }
    expect(judgeAttempt(attempt(1, null), health, 0)).toEqual({ outcome: 'unreachable' })
  })

  test('no failure is ever due at once, and none later than 110 % of the schedule unless the receiver asks for it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: EVENT_ATTEMPTS }),
        fc.oneof(fc.constant(null), fc.integer({ min: 300, max: 599 })),
        fc.option(fc.integer({ min: 0, max: 1e6 })),
        fc.integer({ min: 0, max: 1_000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (number, status, retryAfter, consecutiveFailures, jitter) => {
          const verdict = judgeAttempt(
            attempt(number, status, retryAfter),
            { consecutiveFailures, failingForSeconds: 1 },
            jitter,
          )
          if (verdict.outcome === 'gone') {
            expect(status).toBe(410)
            return
          }
          if (verdict.outcome === 'exhausted') {
            expect(number).toBe(EVENT_ATTEMPTS)
            return
          }
          if (verdict.outcome !== 'retry') throw new Error(verdict.outcome)
          expect(verdict.retryInSeconds).toBeGreaterThanOrEqual(5)
          expect(verdict.retryInSeconds).toBeLessThanOrEqual(1.1 * 86_400)
          if (verdict.throttleSeconds !== null) expect(verdict.throttleSeconds).toBeLessThanOrEqual(86_400)
        },
      ),
    )
  })
})
