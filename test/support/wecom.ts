import type { CallbackApp } from '../../connectors/wecom/callback.ts'
import { sealCallback, signCallback } from '../../connectors/wecom/crypto.ts'
import type { TokenShelf, WecomApp } from '../../connectors/wecom/token.ts'
import { type WecomAccount, wecomAccountOf } from '../../simulator/platforms/wecom/account.ts'
import type { SentCard, SentText } from '../../simulator/platforms/wecom/book.ts'
import type { ClickResult } from '../../simulator/platforms/wecom/clicks.ts'

export const WECOM_SECRET = 'the wecom account of the tests'
export const WECOM: WecomAccount = wecomAccountOf(WECOM_SECRET)

/** Nothing goes wrong on the way to WeCom. */
export const CALM = {
  gatewayTimeout: 0,
  rateLimited: 0,
  slow: 0,
  garbage: 0,
  cut: 0,
  cutAfterEffect: 0,
  tokenExpired: 0,
}

export const callbackApp: CallbackApp = {
  token: WECOM.token,
  encodingAesKey: WECOM.encodingAesKey,
  receiveId: WECOM.corpId,
  agentId: WECOM.agentId,
}

/** The account in the words of the configuration. */
export const wecomSettings = (simulatorUrl: string) => ({
  WECOM_URL: `${simulatorUrl}/wecom`,
  WECOM_CORP_ID: WECOM.corpId,
  WECOM_AGENT_ID: WECOM.agentId,
  WECOM_SECRET: WECOM.secret,
  WECOM_CALLBACK_TOKEN: WECOM.token,
  WECOM_CALLBACK_AES_KEY: WECOM.encodingAesKey,
  WECOM_ROBOT_KEY: WECOM.robotKey,
})

export const wecomApp = (simulatorUrl: string): WecomApp => ({
  gatewayUrl: `${simulatorUrl}/wecom`,
  corpId: WECOM.corpId,
  agentId: WECOM.agentId,
  secret: WECOM.secret,
})

/** A shelf that several tokens share, as processes share the database. */
export function memoryShelf(): TokenShelf {
  let kept: { token: string; endsAtMs: number } | null = null
  let isAsked = false
  return {
    current: async () => kept,
    claim: async (refused) => {
      if (isAsked || (kept !== null && kept.token !== refused)) return false
      isAsked = true
      return true
    },
    save: async (token, endsAtMs) => {
      kept = { token, endsAtMs }
      isAsked = false
    },
    giveUp: async () => {
      isAsked = false
    },
  }
}

/** What the simulated WeCom shows, and its buttons. */
export function wecomControl(simulatorUrl: string) {
  const url = (what: string) => `${simulatorUrl}/control/platforms/wecom/${what}`
  const post = async (what: string, body: object) => {
    const headers = { 'content-type': 'application/json' }
    const response = await fetch(url(what), { method: 'POST', headers, body: JSON.stringify(body) })
    if (!response.ok) throw new Error(`${what}: ${response.status} ${await response.text()}`)
    return response.json()
  }
  type State = {
    tokensGiven: number
    dropped: number
    cards: SentCard[]
    texts: SentText[]
    said: { content: string; atMs: number }[]
  }
  return {
    state: async () => (await (await fetch(url('state'))).json()) as State, // the simulator is ours
    click: async (taskId: string, key: string, memberId?: string) =>
      (await post('clicks', { taskId, key, ...(memberId === undefined ? {} : { memberId }) })) as ClickResult,
    isVerified: async () => ((await post('verification', {})) as { isVerified: boolean }).isVerified,
  }
}

/** What is in a callback when somebody presses a button. */
export function clickXml(change: {
  seconds: number
  taskId?: string
  memberId?: string
  key?: string
  corpId?: string
  agentId?: string
}): string {
  const { seconds, taskId = 'card_1', memberId = 'wang.fang', key = 'approve' } = change
  const { corpId = WECOM.corpId, agentId = WECOM.agentId } = change
  return [
    `<xml><ToUserName><![CDATA[${corpId}]]></ToUserName><FromUserName><![CDATA[${memberId}]]></FromUserName>`,
    `<CreateTime>${seconds}</CreateTime><MsgType><![CDATA[event]]></MsgType>`,
    `<Event><![CDATA[template_card_event]]></Event><EventKey><![CDATA[${key}]]></EventKey>`,
    `<TaskId><![CDATA[${taskId}]]></TaskId><CardType><![CDATA[button_interaction]]></CardType>`,
    `<ResponseCode><![CDATA[CODE-1]]></ResponseCode><AgentID>${agentId}</AgentID><SelectedItems></SelectedItems></xml>`,
  ].join('')
}

/** A message sealed and signed as WeCom does, or not quite. */
export function callbackOf(
  xml: string,
  change: { seconds: number; token?: string; receiveId?: string },
): { query: Record<string, string>; body: string } {
  const { seconds, token = callbackApp.token, receiveId = callbackApp.receiveId } = change
  const sealed = sealCallback(xml, { ...callbackApp, receiveId })
  const [timestamp, nonce] = [String(seconds), '1372623149']
  const signature = signCallback([token, timestamp, nonce, sealed])
  return {
    query: { msg_signature: signature, timestamp, nonce },
    body: `<xml><ToUserName><![CDATA[${WECOM.corpId}]]></ToUserName><AgentID><![CDATA[${WECOM.agentId}]]></AgentID><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`,
  }
}
