import { randomBytes } from 'node:crypto'
import type { WecomAccount } from './account.ts'
import type { SentCard, WecomBook } from './book.ts'
import { seal, signatureOf, unseal } from './seal.ts'

const ANSWER_WITHIN_MS = 5_000
const ATTEMPTS = 3

export type ClickResult = {
  /** What each attempt to tell the app was answered; 0: nothing in five seconds. */
  statuses: number[]
  /** What the reply put in the place of the buttons; null: it left them. */
  replacedBy: string | null
}

/** What happens when somebody presses a button: the app is told, three times at most, and its reply changes the card. */
export function createClicks(options: {
  account: WecomAccount
  book: WecomBook
  callbackUrl: string
  now: () => number
}) {
  const { account, book, callbackUrl, now } = options
  const stopping = new AbortController()

  const eventOf = (card: SentCard, memberId: string, key: string) =>
    [
      '<xml>',
      `<ToUserName><![CDATA[${account.corpId}]]></ToUserName>`,
      `<FromUserName><![CDATA[${memberId}]]></FromUserName>`,
      `<CreateTime>${Math.floor(now() / 1000)}</CreateTime>`,
      '<MsgType><![CDATA[event]]></MsgType>',
      '<Event><![CDATA[template_card_event]]></Event>',
      `<EventKey><![CDATA[${key}]]></EventKey>`,
      `<TaskId><![CDATA[${card.taskId}]]></TaskId>`,
      '<CardType><![CDATA[button_interaction]]></CardType>',
      `<ResponseCode><![CDATA[${book.giveCode(card.taskId)}]]></ResponseCode>`,
      `<AgentID>${account.agentId}</AgentID>`,
      '<SelectedItems></SelectedItems>',
      '</xml>',
    ].join('')

  const signedQuery = (sealed: string) => {
    const timestamp = String(Math.floor(now() / 1000))
    const nonce = randomBytes(5).toString('hex')
    return { msg_signature: signatureOf(account.token, timestamp, nonce, sealed), timestamp, nonce }
  }

  const tell = async (event: string): Promise<{ status: number; body: string }> => {
    const sealed = seal(event, account)
    const url = `${callbackUrl}?${new URLSearchParams(signedQuery(sealed))}`
    const body = `<xml><ToUserName><![CDATA[${account.corpId}]]></ToUserName><AgentID><![CDATA[${account.agentId}]]></AgentID><Encrypt><![CDATA[${sealed}]]></Encrypt></xml>`
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'text/xml' },
        body,
        redirect: 'error',
        signal: AbortSignal.any([stopping.signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      })
      return { status: response.status, body: await response.text() }
    } catch {
      return { status: 0, body: '' } // no answer in time is what WeCom counts it as, too
    }
  }

  return {
    /** Somebody presses a button; the same event is told again while it is not acknowledged. */
    click: async (card: SentCard, memberId: string, key: string): Promise<ClickResult> => {
      const event = eventOf(card, memberId, key)
      const statuses: number[] = []
      for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
        const { status, body } = await tell(event)
        statuses.push(status)
        if (status !== 200) continue
        const text = replacementIn(body, account, memberId)
        if (text !== null) book.replace(card, 'reply', text)
        return { statuses, replacedBy: text }
      }
      return { statuses, replacedBy: null }
    },
    /** What saving the callback's address in the admin console does: whether the app proves that it has the keys. */
    verify: async (): Promise<boolean> => {
      const words = randomBytes(8).toString('hex')
      const echostr = seal(words, account)
      const query = new URLSearchParams({ ...signedQuery(echostr), echostr })
      const response = await fetch(`${callbackUrl}?${query}`, { signal: stopping.signal })
      return response.status === 200 && (await response.text()) === words
    },
    stop: () => stopping.abort(),
  }
}

/** The text of an `update_button` reply that is sealed and signed as it should be; null where there is none. */
function replacementIn(body: string, account: WecomAccount, memberId: string): string | null {
  if (body === '') return null
  const sealed = memberOf(body, 'Encrypt') ?? ''
  const [timestamp = '', nonce = ''] = [memberOf(body, 'TimeStamp'), memberOf(body, 'Nonce')]
  if (signatureOf(account.token, timestamp, nonce, sealed) !== memberOf(body, 'MsgSignature')) return null
  const reply = unseal(sealed, account) ?? ''
  const isOurs =
    memberOf(reply, 'ToUserName') === memberId && memberOf(reply, 'FromUserName') === account.corpId
  const isButton = isOurs && memberOf(reply, 'MsgType') === 'update_button'
  return (isButton && memberOf(reply, 'ReplaceName')) || null
}

function memberOf(xml: string, name: string): string | undefined {
  const found = new RegExp(`<${name}>(?:<!\\[CDATA\\[([\\s\\S]*?)\\]\\]>|([^<]*))</${name}>`).exec(xml)
  return found?.[1] ?? found?.[2]
}
