import { z } from 'zod'
import type { Answer, Call } from '../../http.ts'
import { refusal, withBody } from '../../http.ts'
import { Tokenbook } from '../accounts.ts'
import { underFate } from '../fate.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { WecomBook } from './book.ts'
import { createClicks } from './clicks.ts'

/** A member that the corp does not have. */
export const UNKNOWN_MEMBER = 'nobody'

const TOKEN_SECONDS = 7_200
const MARKDOWN_BYTES = 4_096
const TEXT_BYTES = 2_048

const label = (max: number) =>
  z
    .string()
    .min(1)
    .refine((text) => [...text].length <= max)
const buttonCard = z.strictObject({
  card_type: z.literal('button_interaction'),
  source: z.strictObject({ desc: label(20) }),
  main_title: z.strictObject({ title: label(36), desc: label(44).or(z.literal('')) }),
  quote_area: z.strictObject({ type: z.literal(0), title: label(36), quote_text: label(100) }).optional(),
  sub_title_text: label(112).optional(),
  horizontal_content_list: z.array(z.strictObject({ keyname: label(5), value: label(30) })).max(6),
  card_action: z.strictObject({ type: z.literal(1), url: z.url() }).optional(),
  task_id: z.string(),
  button_list: z
    .array(
      z.strictObject({ type: z.literal(0), text: label(10), style: z.int().min(1).max(4), key: label(128) }),
    )
    .min(1)
    .max(6),
})
const send = z.strictObject({
  touser: z.string().min(1),
  msgtype: z.literal('template_card'),
  agentid: z.int(),
  template_card: buttonCard,
})
const sendText = z.strictObject({
  touser: z.string().min(1),
  msgtype: z.literal('text'),
  agentid: z.int(),
  text: z.strictObject({
    content: z
      .string()
      .min(1)
      .refine((content) => Buffer.byteLength(content) <= TEXT_BYTES),
  }),
  enable_duplicate_check: z.literal(1),
  duplicate_check_interval: z.int().min(1).max(14_400),
})
const update = z.strictObject({
  userids: z.array(z.string()).min(1).max(1_000),
  agentid: z.int(),
  response_code: z.string(),
  button: z.strictObject({ replace_name: label(20) }),
})
const robotMessage = z.strictObject({
  msgtype: z.literal('markdown'),
  markdown: z.strictObject({ content: z.string().min(1) }),
})
const clickBody = z.strictObject({
  taskId: z.string(),
  /** Somebody else than who the card is for. */
  memberId: z.string().optional(),
  key: z.string(),
})

const ok = (more: object = {}) => ({ errcode: 0, errmsg: 'ok', ...more })
const failed = (errcode: number, errmsg: string) => ({ errcode, errmsg })

/**
 * The merchant's WeCom under `/wecom/cgi-bin/…`: tokens, cards with buttons, texts, a group robot. `/control/platforms/wecom/clicks`
 * presses a button, through real encryption.
 */
export function createWecom(options: PlatformOptions): OutsidePlatform {
  const { wecomAccount: account, seed, now } = options
  const mischief = options.mischiefOf('wecom')
  const tokens = new Tokenbook(seed, 'wecom')
  const book = new WecomBook(now)
  const clicks = options.hubApi
    ? createClicks({ account, book, callbackUrl: `${options.hubApi}/v1/webhooks/wecom`, now })
    : null
  let tokensGiven = 0

  const getToken = (query: URLSearchParams): object => {
    if (query.get('corpid') !== account.corpId) return failed(40013, 'invalid corpid')
    if (query.get('corpsecret') !== account.secret) return failed(40001, 'invalid credential')
    tokensGiven += 1
    const current = tokens.tokensOf(account.corpId)
    const isGone = tokens.shopOf(current.accessToken) === null
    const next = isGone ? (tokens.refresh(current.refreshToken) ?? current) : current
    return ok({ access_token: next.accessToken, expires_in: TOKEN_SECONDS })
  }

  const sendCard = (body: unknown): object => {
    const wanted = send.safeParse(body).data
    if (!wanted) return failed(40058, 'invalid parameter')
    const { touser: memberId, agentid, template_card: card } = wanted
    if (String(agentid) !== account.agentId) return failed(40056, 'invalid agentid')
    if (!/^[0-9A-Za-z_@-]{1,128}$/.test(card.task_id) || book.cards.has(card.task_id))
      return failed(42014, 'task_id invalid or exists')
    if (memberId === UNKNOWN_MEMBER) return failed(81013, 'user & party & tag all invalid')
    const buttonKeys = card.button_list.map(({ key }) => key)
    const code = book.take({ taskId: card.task_id, memberId, card, buttonKeys })
    return ok({ invaliduser: '', msgid: `m-${book.cards.size}`, response_code: code })
  }

  const tell = (body: unknown): object => {
    const wanted = sendText.safeParse(body).data
    if (!wanted) return sendCard(body)
    if (String(wanted.agentid) !== account.agentId) return failed(40056, 'invalid agentid')
    if (wanted.touser === UNKNOWN_MEMBER) return failed(81013, 'user & party & tag all invalid')
    const rememberMs = wanted.duplicate_check_interval * 1_000
    book.tell({ memberId: wanted.touser, content: wanted.text.content }, rememberMs)
    return ok({ invaliduser: '', msgid: `t-${book.texts.length}` })
  }

  const updateCard = (body: unknown): object => {
    const wanted = update.safeParse(body).data
    if (!wanted) return failed(40058, 'invalid parameter')
    if (String(wanted.agentid) !== account.agentId) return failed(40056, 'invalid agentid')
    const card = book.useCode(wanted.response_code)
    if (!card) return failed(42045, 'response_code invalid')
    if (!wanted.userids.includes(card.memberId)) return ok({ invaliduser: wanted.userids })
    book.replace(card, 'api', wanted.button.replace_name)
    return ok()
  }

  const say = (query: URLSearchParams, body: unknown): object => {
    if (query.get('key') !== account.robotKey) return failed(93000, 'invalid webhook url')
    const content = robotMessage.safeParse(body).data?.markdown.content
    if (content === undefined || Buffer.byteLength(content) > MARKDOWN_BYTES)
      return failed(40058, 'invalid parameter')
    return book.say(content) ? ok() : failed(45009, 'api freq out of limit')
  }

  const answer = (call: Call): Answer => {
    const { searchParams: query } = new URL(call.path, 'http://wecom')
    const path = call.segments.slice(1).join('/')
    if (call.method === 'GET' && path === 'cgi-bin/gettoken') return json(getToken(query))
    if (call.method !== 'POST') return json(failed(43002, 'require POST method'))
    const body = parseJson(call.body)
    if (path === 'cgi-bin/webhook/send') return json(say(query, body))
    if (tokens.shopOf(query.get('access_token') ?? '') === null) return json(failed(42001, 'token expired'))
    if (path === 'cgi-bin/message/send') return json(tell(body))
    if (path === 'cgi-bin/message/update_template_card') return json(updateCard(body))
    return refusal(404, 'there is no such thing here')
  }

  return {
    name: 'wecom',
    answer: (call) => {
      const fate = mischief.nextCall()
      return underFate(fate, mischief.rates, () => {
        if (fate === 'rateLimited') return json(failed(45009, 'api freq out of limit'))
        if (fate === 'tokenExpired') tokens.expire(tokens.tokensOf(account.corpId).accessToken)
        return answer(call)
      })
    },
    messages: () => [...book.cards.values(), ...book.texts, ...book.said],
    control: (call, what) => {
      if (call.method === 'GET' && what === 'state')
        return json({
          ...{ tokensGiven, dropped: book.dropped, cards: [...book.cards.values()] },
          ...{ texts: book.texts, said: book.said },
        })
      if (what === 'verification' && clicks) return clicks.verify().then((isVerified) => json({ isVerified }))
      if (call.method !== 'POST' || what !== 'clicks' || !clicks) return null
      return withBody(call, clickBody, async ({ taskId, memberId, key }) => {
        const card = book.cards.get(taskId)
        if (!card) return refusal(404, 'there is no such card')
        // Nobody can press what is not there any more; whoever directs the play may, for somebody else's phone is behind.
        return json(await clicks.click(card, memberId ?? card.memberId, key))
      })
    },
    close: async () => clicks?.stop(),
  }
}

function json(body: object): Answer {
  return { status: 200, body }
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    return undefined // which no schema accepts
  }
}
