import { z } from 'zod'
import { answerFor, readerOf } from '../../conformance-input.ts'
import type { ConformanceCheck } from '../../conformance-vector.ts'
import { signWebhook } from './sign.ts'

const sign: ConformanceCheck = (vector) => {
  const { read } = readerOf(vector)
  const signature = signWebhook(
    {
      id: read('webhook-id', 'msg_id', 'id'),
      timestampSeconds: Number(read('webhook-timestamp', 'timestamp')),
      body: read('body', 'payload'),
    },
    z.string().parse(vector.secret),
  )
  return answerFor(vector, { signature, 'webhook-signature': signature }, 'signature')
}

/** Signatures of Standard Webhooks. */
export const MALL_CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  'standard-webhooks/push-sign': sign,
  'standard-webhooks/request-sign': sign,
  'standard-webhooks/sign': sign,
  'standard-webhooks/webhook-sign': sign,
}
