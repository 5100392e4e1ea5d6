import fc from 'fast-check'
import { expect, test } from 'vitest'
import { nextPullWindow } from '../../domain/pull-window.ts'

const limits = fc.record({
  pullOverlapSeconds: fc.integer({ min: 0, max: 600 }),
  pullWindowSeconds: fc.integer({ min: 700, max: 86_400 }),
  pullDelaySeconds: fc.integer({ min: 0, max: 300 }),
})

test('windows follow each other without a gap until everything is known, whatever the platform’s limits', () => {
  fc.assert(
    fc.property(limits, fc.integer({ min: 0, max: 400_000 }), (limit, outageSeconds) => {
      const nowMs = 1_800_000_000_000
      const beginMs = nowMs - outageSeconds * 1000
      let watermarkMs = beginMs
      for (let count = 0; ; count += 1) {
        expect(count).toBeLessThan(5_000)
        const window = nextPullWindow(watermarkMs, nowMs, limit)
        if (!window) break
        const { fromMs, toMs, isLast } = window
        expect(fromMs).toBe(watermarkMs - limit.pullOverlapSeconds * 1000)
        expect(toMs - fromMs).toBeLessThanOrEqual(limit.pullWindowSeconds * 1000)
        expect(toMs).toBeLessThanOrEqual(nowMs - Math.max(2, limit.pullDelaySeconds) * 1000)
        expect(toMs).toBeGreaterThan(watermarkMs)
        watermarkMs = toMs
        if (isLast) expect(nextPullWindow(watermarkMs, nowMs, limit)).toBeNull()
      }
      const newestMs = nowMs - Math.max(2, limit.pullDelaySeconds) * 1000
      expect(watermarkMs).toBe(Math.max(beginMs, newestMs))
    }),
    { numRuns: 50 },
  )
})
