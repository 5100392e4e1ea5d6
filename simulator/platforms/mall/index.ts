import { refusal } from '../../http.ts'
import { underFate } from '../fate.ts'
import { createHttpPusher } from '../http-push.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { answerMall } from './calls.ts'
import { TYPES } from './orders.ts'
import { isOfTheHub, mallSecretOf, webhookSignature } from './signature.ts'

/** The mall's name of its connection to the hub; its secret is `mallSecretOf(seed, appKey)`. */
export const MALL_APP_KEY = 'own-mall'

/**
 * The merchant's own mall: calls at `/mall/hub`, pushes to `{hubApi}/v1/webhooks/mall?app=…`, Standard Webhooks both. Another
 * platform that speaks the same has another name.
 */
export function createMall(options: PlatformOptions, name = 'mall'): OutsidePlatform {
  const { market, seed, now, log, hubApi } = options
  const mischief = options.mischiefOf(name)
  const secret = mallSecretOf(seed, MALL_APP_KEY)
  const pusher = hubApi
    ? createHttpPusher({
        url: new URL(`/v1/webhooks/${name}?app=${MALL_APP_KEY}`, hubApi).href,
        mischief,
        isAcknowledged: (status) => status >= 200 && status < 300,
        log,
      })
    : null

  let pushes = 0
  market.onChange(({ event, order }) => {
    if (order.platform !== name || !pusher) return
    pushes += 1
    const id = `msg_${order.orderId}_${pushes}`
    const body = JSON.stringify({
      type: TYPES[event],
      timestamp: new Date(order.modifiedAtMs).toISOString(),
      data: { shopId: order.platformShopId, orderId: order.orderId },
    })
    pusher.push(() => {
      const timestamp = String(Math.floor(Date.now() / 1000))
      return {
        headers: {
          'content-type': 'application/json',
          'webhook-id': id,
          'webhook-timestamp': timestamp,
          'webhook-signature': webhookSignature(id, timestamp, body, secret),
        },
        body,
      }
    })
  })

  return {
    name,
    answer: (call) => {
      if (call.method !== 'POST' || call.segments[1] !== 'hub')
        return refusal(404, 'there is no such thing here')
      if (!isOfTheHub(call.header, call.body, secret, now())) {
        return refusal(401, 'the signature is missing, wrong or too old')
      }
      const fate = mischief.nextCall()
      return underFate(fate, mischief.rates, () =>
        fate === 'rateLimited'
          ? refusal(429, 'too many calls')
          : answerMall({ market, platform: name }, call.body, {
              operationId: call.header('webhook-id') ?? '',
              isRegressed: fate === 'regressed',
            }),
      )
    },
    ...(pusher ? { pendingPushes: pusher.pending } : {}),
    close: async () => pusher?.close(),
  }
}
