import { z } from 'zod'
import { officialOpenIdOf } from '../mall/orders.ts'
import type { Market } from '../market.ts'

/** The mini-program's approved template, and what it holds. */
export const WECHAT_TEMPLATE = 'TPL-shipped-0001'
/** The official account's. */
export const OFFICIAL_TEMPLATE = 'OPENTM-shipped-0001'
const THING_CHARACTERS = 20
/** For so long a message is known again by the sender's own id of it. */
const KNOWN_AGAIN_MS = 10 * 60_000

const send = z.strictObject({
  touser: z.string().min(1),
  template_id: z.string(),
  page: z.string().optional(),
  data: z.record(
    z.string(),
    z.strictObject({
      value: z
        .string()
        .min(1)
        .refine((value) => [...value].length <= THING_CHARACTERS),
    }),
  ),
})

const sendTemplate = send.omit({ page: true }).extend({
  url: z.url().optional(),
  client_msg_id: z.string().min(1).max(64).optional(),
})

/** Template messages of the official account. Those who follow it get them; one that comes again within ten minutes is the same. */
export function createTemplateDesk(market: Market, now: () => number) {
  const taken: { openId: string; templateId: string; data: object; msgid: number }[] = []
  const known = new Map<string, { msgid: number; atMs: number }>()
  const isFollower = (openId: string) =>
    market.all('mall').some(({ buyerId }) => officialOpenIdOf(buyerId) === openId)
  return {
    taken: () => taken,
    send: (body: unknown): object => {
      const wanted = sendTemplate.safeParse(body).data
      if (!wanted) return { errcode: 47003, errmsg: 'argument invalid' }
      const { touser: openId, template_id: templateId, data, client_msg_id: name } = wanted
      if (templateId !== OFFICIAL_TEMPLATE) return { errcode: 40037, errmsg: 'invalid template_id' }
      if (!isFollower(openId)) return { errcode: 43004, errmsg: 'require subscribe' }
      const before = known.get(`${openId}/${name}`)
      if (name && before && now() - before.atMs < KNOWN_AGAIN_MS)
        return { errcode: 0, errmsg: 'ok', msgid: before.msgid }
      const msgid = taken.length + 1
      taken.push({ openId, templateId, data, msgid })
      known.set(`${openId}/${name}`, { msgid, atMs: now() })
      return { errcode: 0, errmsg: 'ok', msgid }
    },
  }
}

/** Subscribe messages. A buyer agrees to one with each order at the mall, and it uses the agreement up. */
export function createMessageDesk(market: Market) {
  const taken: { openId: string; templateId: string; data: object }[] = []
  const agreements = (openId: string) => {
    const given = market.all('mall').filter(({ buyerId }) => buyerId === openId).length
    return given - taken.filter((message) => message.openId === openId).length
  }
  return {
    taken: () => taken,
    send: (body: unknown): object => {
      const wanted = send.safeParse(body).data
      if (!wanted) return { errcode: 47003, errmsg: 'argument invalid' }
      const { touser: openId, template_id: templateId, data } = wanted
      if (templateId !== WECHAT_TEMPLATE) return { errcode: 40037, errmsg: 'invalid template_id' }
      if (agreements(openId) <= 0) return { errcode: 43101, errmsg: 'user refuse to accept the msg' }
      taken.push({ openId, templateId, data })
      return { errcode: 0, errmsg: 'ok' }
    },
  }
}
