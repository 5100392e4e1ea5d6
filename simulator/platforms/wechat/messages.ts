import { z } from 'zod'
import type { Market } from '../market.ts'

/** The mini-program's approved template, and what it holds. */
export const WECHAT_TEMPLATE = 'TPL-shipped-0001'
const THING_CHARACTERS = 20

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
