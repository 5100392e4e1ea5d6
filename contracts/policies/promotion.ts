import { z } from 'zod'
import { definePolicy } from './definition.ts'

/** What a promotion may ask for. */
const schema = z.strictObject({
  /** Of an article's available units, when the promotion is made; the rest stays for everybody else. */
  maxSharePercent: z.int().min(1).max(100),
  maxDurationDays: z.int().min(1).max(366),
  maxSkus: z.int().min(1).max(10_000),
})

export const promotion = definePolicy({
  title: { en: 'Promotions', zh: '促销锁货' },
  schema,
  initial: { maxSharePercent: 100, maxDurationDays: 31, maxSkus: 1_000 },
})
