import { z } from 'zod'
import { definePolicy } from './definition.ts'

/** What a promotion may ask for. It keeps the limits that it was accepted under. */
const schema = z.strictObject({
  /** Of an article's free units, when the promotion is made and when it starts; the rest stays for everybody else. */
  maxSharePercent: z.int().min(1).max(100),
  maxDurationDays: z.int().min(1).max(366),
  maxSkus: z.int().min(1).max(500),
  /** A start that finds too little is tried again after so long. */
  retrySeconds: z.number().min(0.2).max(3_600),
})

export const promotion = definePolicy({
  title: { en: 'Promotions', zh: '促销锁货' },
  schema,
  initial: { maxSharePercent: 100, maxDurationDays: 31, maxSkus: 500, retrySeconds: 60 },
})
