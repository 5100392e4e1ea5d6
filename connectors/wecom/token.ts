import { setTimeout as delay } from 'node:timers/promises'
import { accessTokenAnswer, TOKEN_SPARE_MS } from '../access-token.ts'
import { understood } from '../channels/answer.ts'
import { httpCall } from '../http-call.ts'
import { UnreachableError } from '../outside-errors.ts'
import { readWecomAnswer } from './answer.ts'

export type WecomApp = { gatewayUrl: string; corpId: string; agentId: string; secret: string }

/** How often a process looks whether another has brought the token, and when it gives up. */
const LOOK_EVERY_MS = 100
const PATIENCE_MS = 15_000

/** Where all processes keep the one token of an app. */
export type TokenShelf = {
  /** The token, and when it ends in ms since the epoch; null where there is none. */
  current: () => Promise<{ token: string; endsAtMs: number } | null>
  /**
   * Whether the caller is the one to ask for a new token, for some seconds. Not where somebody asks already, or where the
   * token on the shelf is good and another than the refused one.
   */
  claim: (refused: string | null) => Promise<boolean>
  /** Puts the new token there, and ends the claim. */
  save: (token: string, endsAtMs: number) => Promise<void>
  /** Ends the claim without one. */
  giveUp: () => Promise<void>
}

export type WecomToken = {
  /** The app's token. `refused`: one that WeCom no longer takes, so that another is wanted. */
  get: (refused?: string) => Promise<string>
}

/**
 * The access token of a WeCom app. However many processes and calls want one, one of them asks WeCom; the others wait
 * for what it brings. https://developer.work.weixin.qq.com/document/path/91039
 *
 * @throws UnreachableError, RateLimitedError, WecomRefusal for a wrong corp or secret
 */
export function createWecomToken(app: WecomApp, shelf: TokenShelf, now: () => number = Date.now): WecomToken {
  let held: { token: string; endsAtMs: number } | null = null
  const waiting = new Map<string | null, Promise<string>>()
  const isGood = (known: { token: string; endsAtMs: number } | null, refused: string | null) =>
    known !== null && known.token !== refused && known.endsAtMs - TOKEN_SPARE_MS > now()

  const fetchToken = async (refused: string | null): Promise<string> => {
    const untilMs = now() + PATIENCE_MS
    for (;;) {
      const known = await shelf.current()
      if (known && isGood(known, refused)) {
        held = known
        return known.token
      }
      if (await shelf.claim(refused)) return ask()
      if (now() > untilMs) throw new UnreachableError('wecom gettoken: another process asks for too long')
      await delay(LOOK_EVERY_MS)
    }
  }
  const ask = async (): Promise<string> => {
    try {
      const asked = await askForToken(app)
      const brought = { token: asked.token, endsAtMs: now() + asked.seconds * 1_000 }
      await shelf.save(brought.token, brought.endsAtMs)
      held = brought
      return brought.token
    } catch (error) {
      await shelf.giveUp()
      throw error
    }
  }
  return {
    get: async (refused) => {
      const gone = refused ?? null
      if (held && isGood(held, gone)) return held.token
      const running = waiting.get(gone) ?? fetchToken(gone).finally(() => waiting.delete(gone))
      waiting.set(gone, running)
      return running
    },
  }
}

async function askForToken({ gatewayUrl, corpId, secret }: WecomApp) {
  const url = new URL(`${gatewayUrl.replace(/\/$/, '')}/cgi-bin/gettoken`)
  url.searchParams.set('corpid', corpId)
  url.searchParams.set('corpsecret', secret)
  const method = 'gettoken'
  const http = await httpCall(url, { method: 'GET' })
  const read = understood(method, accessTokenAnswer, readWecomAnswer(method, http))
  return { token: read.access_token, seconds: read.expires_in }
}
