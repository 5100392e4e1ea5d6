import { httpCall } from '../http-call.ts'
import { TokenExpiredError, UnreachableError } from '../outside-errors.ts'
import { readWechatAnswer } from './answer.ts'
import type { WechatApp, WechatToken } from './token.ts'

/** One call with the app's token; with a new one where the first is no longer good. */
export async function callWechat(
  app: WechatApp,
  token: WechatToken,
  path: string,
  body: object,
): Promise<Record<string, unknown>> {
  const attempt = async () => {
    const accessToken = await token.get()
    const url = new URL(`${app.gatewayUrl.replace(/\/$/, '')}${path}`)
    url.searchParams.set('access_token', accessToken)
    const http = await httpCall(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    try {
      return readWechatAnswer(path, http)
    } catch (error) {
      if (error instanceof TokenExpiredError) token.drop(accessToken)
      throw error
    }
  }
  try {
    return await attempt()
  } catch (error) {
    if (!(error instanceof TokenExpiredError)) throw error
  }
  try {
    return await attempt()
  } catch (error) {
    // A shop's own tokens have nothing to do with it: it is WeChat that does not come round.
    if (error instanceof TokenExpiredError) throw new UnreachableError(error.message)
    throw error
  }
}
