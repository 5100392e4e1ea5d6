import { randomUUID } from 'node:crypto'
import { httpCall } from '../../http-call.ts'
import { objectOf } from '../answer.ts'
import type { ShopAccount } from '../channel.ts'
import { secretsOf } from './account.ts'
import { webhookHeaders } from './sign.ts'

export type MallCall = {
  /** `order.fetch`, `order.changed`, `shipment.create`, `quantity.set`. */
  type: string
  data: object
  /** The same for every attempt of one effect: the mall does it once. */
  operationId?: string
}

/**
 * One call of the mall: `POST {gateway}` with `{type, timestamp, data}`, signed as a Standard Webhook is.
 *
 * @throws UnreachableError, RateLimitedError, RefusedError with the answer's status
 */
export async function callMall(
  shop: ShopAccount,
  { type, data, operationId }: MallCall,
): Promise<{ body: Record<string, unknown>; text: string }> {
  const now = new Date()
  const message = {
    id: `msg_${operationId ?? randomUUID()}`,
    timestampSeconds: Math.floor(now.getTime() / 1000),
    body: JSON.stringify({ type, timestamp: now.toISOString(), data }),
  }
  const answer = await httpCall(shop.gatewayUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...webhookHeaders(message, secretsOf(shop)) },
    body: message.body,
  })
  return { body: objectOf(type, answer), text: answer.text }
}
