import { accessTokenAnswer, TOKEN_SPARE_MS } from '../access-token.ts'
import { understood } from '../channels/answer.ts'
import { httpCall } from '../http-call.ts'
import { readWechatAnswer } from './answer.ts'

export type WechatApp = { gatewayUrl: string; appId: string; appSecret: string }

export type WechatToken = {
  /** The app's token, asked for once and kept until shortly before its end. */
  get: () => Promise<string>
  /** This token was refused: the next one is asked for anew. */
  drop: (token: string) => void
}

/**
 * The access token of a WeChat app, from `stable_token`: several processes that ask get the same one, and none spoils
 * another's. https://developers.weixin.qq.com/miniprogram/dev/OpenApiDoc/mp-access-token/getStableAccessToken.html
 *
 * @throws UnreachableError, RateLimitedError, RefusedError for a wrong id or secret
 */
export function createWechatToken(app: WechatApp, now: () => number = Date.now): WechatToken {
  let held: { token: string; untilMs: number } | null = null
  let isRefused = false
  return {
    get: async () => {
      if (held && held.untilMs > now()) return held.token
      const method = 'stable_token'
      const http = await httpCall(`${app.gatewayUrl.replace(/\/$/, '')}/cgi-bin/stable_token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({
          grant_type: 'client_credential',
          appid: app.appId,
          secret: app.appSecret,
          force_refresh: isRefused,
        }),
      })
      const { access_token: token, expires_in: seconds } = understood(
        method,
        accessTokenAnswer,
        readWechatAnswer(method, http),
      )
      held = { token, untilMs: now() + seconds * 1000 - TOKEN_SPARE_MS }
      isRefused = false
      return token
    },
    drop: (token) => {
      if (held?.token !== token) return
      held = null
      isRefused = true
    },
  }
}
