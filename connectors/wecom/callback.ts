import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { CallbackError, type CallbackKeys, openCallback, sealCallback, signCallback } from './crypto.ts'
import { cdata, readXml, UnreadableXmlError } from './xml.ts'

/** What WeCom calls the app back with, and which app that is. */
export type CallbackApp = CallbackKeys & { agentId: string }

/** How far a callback's time may be from ours; what is older was kept by somebody. */
const WINDOW_SECONDS = 300
/** The longest honest one, an `echostr`, has some hundred characters. */
const MAX_QUERY_CHARACTERS = 2_048

const query = z.object({
  msg_signature: z.string().regex(/^[0-9a-f]{40}$/),
  timestamp: z.string().regex(/^\d{9,11}$/),
  nonce: z.string().min(1).max(128),
})
const verification = query.extend({ echostr: z.string().min(1).max(MAX_QUERY_CHARACTERS) })
const envelope = z.looseObject({
  ToUserName: z.string(),
  AgentID: z.string().optional(),
  Encrypt: z.string(),
})

/** A member of the corp; WeCom's ids of them. */
const member = z.string().regex(/^[0-9A-Za-z_.@-]{1,64}$/)
const message = z.looseObject({
  ToUserName: z.string(),
  FromUserName: z.string(),
  CreateTime: z.string().regex(/^\d{9,11}$/),
  MsgType: z.string(),
  Event: z.string().optional(),
  AgentID: z.string().optional(),
})
const click = z.looseObject({
  FromUserName: member,
  EventKey: z.string().max(128),
  TaskId: z.string().regex(/^[0-9A-Za-z_@-]{1,128}$/),
  ResponseCode: z.string().min(1).max(256).optional().catch(undefined),
})

/** Somebody pressed a button of a card. The key only says which button: it proves nothing. */
export type CardClick = {
  taskId: string
  memberId: string
  buttonKey: string
  /** In seconds since the epoch; with the others it names the click, as events have no id. */
  clickedAtSeconds: number
  /** Updates this member's card, once, within 72 hours. */
  responseCode: string | null
}

export type Callback =
  | { kind: 'click'; click: CardClick }
  /** Genuine, and nothing that the hub asked for: acknowledged, so that it does not come again. */
  | { kind: 'other'; what: string }
  | { kind: 'refused'; reason: string }

/**
 * Answers WeCom's check of the callback's address: the text to send back, or why not.
 * https://developer.work.weixin.qq.com/document/path/90930
 */
export function openVerification(
  given: unknown,
  app: CallbackApp,
  now: Date,
): { kind: 'verified'; echo: string } | { kind: 'refused'; reason: string } {
  const parsed = verification.safeParse(given)
  if (!parsed.success) return refused('the query is incomplete')
  return orRefused(() => ({ kind: 'verified', echo: open(parsed.data, parsed.data.echostr, app, now) }))
}

/**
 * Opens what WeCom posts. Genuine is only what is signed with the app's token over exactly what came, in time, sealed with
 * the app's key, for this corp and this app. https://developer.work.weixin.qq.com/document/path/90240
 */
export function openEvent(given: unknown, body: Uint8Array, app: CallbackApp, now: Date): Callback {
  const parsed = query.safeParse(given)
  if (!parsed.success) return refused('the query is incomplete')
  return orRefused((): Callback => {
    const outer = envelope.safeParse(readXml(textOf(body)))
    if (!outer.success) return refused('the body is no envelope')
    const inner = message.safeParse(readXml(open(parsed.data, outer.data.Encrypt, app, now)))
    if (!inner.success) return refused('the message is not understood')
    const { ToUserName, AgentID, CreateTime, MsgType, Event = '' } = inner.data
    if (ToUserName !== app.receiveId || (AgentID !== undefined && AgentID !== app.agentId))
      return refused('the message is for another app')
    if (!isInTime(CreateTime, now)) return refused('the message is too old')
    if (MsgType !== 'event' || Event !== 'template_card_event')
      return { kind: 'other', what: `${MsgType} ${Event}`.trim().slice(0, 64) }
    const pressed = click.safeParse(inner.data)
    if (!pressed.success) return refused('the click is not understood')
    const { TaskId, FromUserName, EventKey, ResponseCode } = pressed.data
    return {
      kind: 'click',
      click: {
        taskId: TaskId,
        memberId: FromUserName,
        buttonKey: EventKey,
        clickedAtSeconds: Number(CreateTime),
        responseCode: ResponseCode ?? null,
      },
    }
  })
}

/**
 * The answer to a click that replaces the buttons of the card that was clicked, sealed and signed.
 * https://developer.work.weixin.qq.com/document/path/90241
 */
export function buttonReply(
  { memberId, text }: { memberId: string; text: string },
  app: CallbackApp,
  now: Date,
): string {
  const seconds = String(Math.floor(now.getTime() / 1000))
  const plain = [
    '<xml>',
    cdata('ToUserName', memberId),
    cdata('FromUserName', app.receiveId),
    `<CreateTime>${seconds}</CreateTime>`,
    cdata('MsgType', 'update_button'),
    `<Button>${cdata('ReplaceName', text)}</Button>`,
    '</xml>',
  ].join('')
  const sealed = sealCallback(plain, app)
  const nonce = randomBytes(8).toString('hex')
  const signature = signCallback([app.token, seconds, nonce, sealed])
  return [
    '<xml>',
    cdata('Encrypt', sealed),
    cdata('MsgSignature', signature),
    `<TimeStamp>${seconds}</TimeStamp>`,
    cdata('Nonce', nonce),
    '</xml>',
  ].join('')
}

function open(
  { msg_signature: signature, timestamp, nonce }: z.output<typeof query>,
  sealed: string,
  app: CallbackApp,
  now: Date,
): string {
  const opened = openCallback({ timestamp, nonce, sealed, signature }, app)
  // After the signature: whoever has none learns nothing about our clock.
  if (!isInTime(timestamp, now)) throw new CallbackError('the callback is too old')
  return opened
}

function isInTime(seconds: string, now: Date): boolean {
  return Math.abs(Number(seconds) - now.getTime() / 1000) <= WINDOW_SECONDS
}

function refused(reason: string): { kind: 'refused'; reason: string } {
  return { kind: 'refused', reason }
}

function orRefused<Result>(work: () => Result): Result | { kind: 'refused'; reason: string } {
  try {
    return work()
  } catch (error) {
    if (error instanceof CallbackError || error instanceof UnreadableXmlError) return refused(error.message)
    throw error
  }
}

function textOf(body: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    throw new UnreadableXmlError('it is no UTF-8')
  }
}
