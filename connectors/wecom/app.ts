import { z } from 'zod'
import { understood } from '../channels/answer.ts'
import { httpCall } from '../http-call.ts'
import { RefusedError, TokenExpiredError, UnreachableError } from '../outside-errors.ts'
import { readWecomAnswer, WecomRefusal } from './answer.ts'
import { type ButtonCard, cardBody } from './card.ts'
import type { WecomApp, WecomToken } from './token.ts'

export type WecomClient = {
  /**
   * Sends a card with buttons to one member. A repeated call with its task id sends nothing: WeCom knows it (42014), and
   * what it gave the first time to update the card with is lost then.
   *
   * @returns the code to update it with, once, within 72 hours; null where WeCom has it already
   * @throws UnreachableError, RateLimitedError, RefusedError
   */
  sendCard: (memberId: string, card: ButtonCard) => Promise<{ responseCode: string | null }>
  /**
   * Replaces the buttons of one member's card by a text that cannot be clicked.
   *
   * @throws UnreachableError, RateLimitedError, RefusedError where the code was used or is too old
   */
  closeCard: (memberId: string, responseCode: string, text: string) => Promise<void>
  /**
   * Sends a text of up to 2048 bytes to one member. The same text to the same member again within four hours is swallowed by
   * WeCom, as if it had been sent.
   *
   * @throws UnreachableError, RateLimitedError, RefusedError
   */
  sendText: (memberId: string, text: string) => Promise<void>
}

/** As long as WeCom remembers a message, in seconds. */
const REMEMBERED_SECONDS = 14_400

/** The task id exists: this very card was sent. */
const SENT_ALREADY = '42014'

const sent = z.looseObject({
  response_code: z
    .string()
    .nullish()
    .transform((code) => code || null),
  invaliduser: z
    .string()
    .nullish()
    .transform((members) => members ?? ''),
})

/**
 * An app of the merchant's WeCom. https://developer.work.weixin.qq.com/document/path/90236 (send),
 * https://developer.work.weixin.qq.com/document/path/94888 (update)
 */
export function createWecomClient(app: WecomApp, token: WecomToken): WecomClient {
  const call = (path: string, body: object) => callWecom(app, token, path, body)
  return {
    sendCard: async (memberId, card) => {
      const path = '/cgi-bin/message/send'
      const message = { touser: memberId, msgtype: 'template_card', agentid: Number(app.agentId) }
      try {
        const read = understood(path, sent, await call(path, { ...message, template_card: cardBody(card) }))
        refuseUnknownMember(path, read)
        return { responseCode: read.response_code }
      } catch (error) {
        if (error instanceof WecomRefusal && error.errcode === SENT_ALREADY) return { responseCode: null }
        throw error
      }
    },
    closeCard: async (memberId, responseCode, text) => {
      await call('/cgi-bin/message/update_template_card', {
        userids: [memberId],
        agentid: Number(app.agentId),
        response_code: responseCode,
        button: { replace_name: text },
      })
    },
    sendText: async (memberId, text) => {
      const path = '/cgi-bin/message/send'
      const body = {
        ...{ touser: memberId, msgtype: 'text', agentid: Number(app.agentId), text: { content: text } },
        ...{ enable_duplicate_check: 1, duplicate_check_interval: REMEMBERED_SECONDS },
      }
      refuseUnknownMember(path, understood(path, sent, await call(path, body)))
    },
  }
}

/** With one recipient these are all of them, whatever errcode says. */
function refuseUnknownMember(path: string, { invaliduser }: z.output<typeof sent>): void {
  if (invaliduser !== '') throw new RefusedError(81013, `wecom ${path}: no such member`)
}

/** With the token that this process holds, with the one that all share, and with a new one. */
const TRIES = 3

/** One call with the app's token; with another one where that is no longer good. */
async function callWecom(
  app: WecomApp,
  token: WecomToken,
  path: string,
  body: object,
): Promise<Record<string, unknown>> {
  const attempt = async (accessToken: string) => {
    const url = new URL(`${app.gatewayUrl.replace(/\/$/, '')}${path}`)
    url.searchParams.set('access_token', accessToken)
    const http = await httpCall(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    return readWecomAnswer(path, http)
  }
  let refused: string | undefined
  for (let tries = 1; ; tries += 1) {
    const accessToken = await token.get(refused)
    try {
      return await attempt(accessToken)
    } catch (error) {
      if (!(error instanceof TokenExpiredError)) throw error
      if (tries === TRIES) throw new UnreachableError(error.message)
      refused = accessToken
    }
  }
}
