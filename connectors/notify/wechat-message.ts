import { RateLimitedError, UnreachableError } from '../outside-errors.ts'
import { WechatRefusal } from '../wechat/answer.ts'
import { callWechat } from '../wechat/call.ts'
import { createWechatToken, type WechatApp, type WechatToken } from '../wechat/token.ts'
import type { Notifier, OutgoingMessage, SendOutcome } from './notifier.ts'

const MINUTE_MS = 60_000
/** WeChat knows a message again for ten minutes; the two clocks may differ. */
const KNOWN_AGAIN_MS = 8 * MINUTE_MS
/** The same words to the same person within a minute; too many to one person. */
const NOT_NOW: Readonly<Record<string, number>> = { 40241: MINUTE_MS, 43117: 60 * MINUTE_MS }

/** One of WeChat's two ways of telling a customer. */
type Kind = {
  path: string
  /** The customer has not agreed, does not follow, has blocked the sender; or the openid is nobody's here. */
  ofTheCustomer: ReadonlySet<string>
  bodyOf: (message: OutgoingMessage) => object
}

const SUBSCRIBE: Kind = {
  path: '/cgi-bin/message/subscribe/send',
  ofTheCustomer: new Set(['43101', '40003']),
  bodyOf: (message) => ({
    touser: message.recipient,
    template_id: message.templateId,
    data: dataOf(message),
  }),
}
const TEMPLATE: Kind = {
  path: '/cgi-bin/message/template/send',
  ofTheCustomer: new Set(['40003', '43004', '43019']),
  bodyOf: (message) => ({ ...SUBSCRIBE.bodyOf(message), client_msg_id: message.id }),
}

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
    hasReports: false,
    send: (message) => send(app, token, SUBSCRIBE, message),
    find: async () => ({ kind: 'silent', reason: 'WeChat cannot be asked' }),
  }
}

/**
 * Template messages of an official account (公众号), to customers who follow it. `client_msg_id` is the message's own id: WeChat
 * sends one message for it in ten minutes, so that within these a call which was cut off may be made once more.
 * https://developers.weixin.qq.com/doc/service/api/notify/template/api_sendtemplatemessage.html
 */
export function createWechatTemplates(app: WechatApp, now: () => number = Date.now): Notifier {
  const token = createWechatToken(app)
  return {
    name: 'wechat_template',
    way: 'wechat_template',
    hasReports: false,
    send: (message) => send(app, token, TEMPLATE, message),
    find: async (message, sendingAt) => {
      if (now() - sendingAt.getTime() > KNOWN_AGAIN_MS)
        return { kind: 'silent', reason: 'WeChat no longer knows the message again' }
      const outcome = await send(app, token, TEMPLATE, message)
      // Whatever else it says now, it says of this call.
      return outcome.kind === 'sent' ? outcome : { kind: 'silent', reason: outcome.reason }
    },
  }
}

function dataOf({ parameters }: OutgoingMessage): object {
  return Object.fromEntries(parameters.map(({ name, value }) => [name, { value }]))
}

async function send(
  app: WechatApp,
  token: WechatToken,
  { path, ofTheCustomer, bodyOf }: Kind,
  message: OutgoingMessage,
): Promise<SendOutcome> {
  try {
    await token.get()
  } catch (error) {
    // Nothing was asked yet that could have reached the customer.
    if (!(error instanceof UnreachableError)) throw error
    return { kind: 'later', reason: error.message, retryInMs: MINUTE_MS }
  }
  try {
    const { msgid } = await callWechat(app, token, path, bodyOf(message))
    return { kind: 'sent', providerId: typeof msgid === 'string' ? msgid : null }
  } catch (error) {
    if (error instanceof RateLimitedError)
      return { kind: 'later', reason: error.message, retryInMs: error.retryAfterMs }
    if (!(error instanceof WechatRefusal)) throw error
    if (ofTheCustomer.has(error.errcode)) return { kind: 'unreachable', reason: error.errcode }
    const pauseMs = NOT_NOW[error.errcode]
    if (pauseMs !== undefined) return { kind: 'later', reason: error.message, retryInMs: pauseMs }
    throw error
  }
}
