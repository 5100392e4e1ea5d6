import { RateLimitedError, UnreachableError } from '../outside-errors.ts'
import { WechatRefusal } from '../wechat/answer.ts'
import { callWechat } from '../wechat/call.ts'
import { createWechatToken, type WechatApp } from '../wechat/token.ts'
import type { Notifier } from './notifier.ts'

const TOKEN_RETRY_MS = 60_000
const PATH = '/cgi-bin/message/subscribe/send'
/** The customer has not agreed to this message, or has used the agreement up; or the openid is nobody's here. */
const OF_THE_CUSTOMER: ReadonlySet<string> = new Set(['43101', '40003'])

/**
 * Subscribe messages of a mini-program. Each uses up one agreement of the customer; WeChat can neither be asked what it took, nor
 * does it know a message again, so that one which was cut off is a person's.
 * https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-message-management/subscribe-message/sendMessage.html
 */
export function createWechatMessages(app: WechatApp): Notifier {
  const token = createWechatToken(app)
  return {
    name: 'wechat',
    way: 'wechat',
    send: async ({ recipient, templateId, parameters }) => {
      try {
        await token.get()
      } catch (error) {
        // Nothing was asked yet that could have reached the customer.
        if (!(error instanceof UnreachableError)) throw error
        return { kind: 'later', reason: error.message, retryInMs: TOKEN_RETRY_MS }
      }
      try {
        await callWechat(app, token, PATH, {
          touser: recipient,
          template_id: templateId,
          data: Object.fromEntries(parameters.map(({ name, value }) => [name, { value }])),
        })
        return { kind: 'sent', providerId: null }
      } catch (error) {
        if (error instanceof WechatRefusal && OF_THE_CUSTOMER.has(error.errcode))
          return { kind: 'unreachable', reason: error.errcode }
        if (error instanceof RateLimitedError)
          return { kind: 'later', reason: error.message, retryInMs: error.retryAfterMs }
        throw error
      }
    },
    find: async () => ({ kind: 'silent', reason: 'WeChat cannot be asked' }),
  }
}
