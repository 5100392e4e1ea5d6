import { z } from 'zod'
import { POLICIES, type PolicyDocument } from '../../contracts/policies/index.ts'
import { SMS_TEMPLATE } from '../../simulator/platforms/sms/book.ts'
import { OFFICIAL_TEMPLATE, WECHAT_TEMPLATE } from '../../simulator/platforms/wechat/messages.ts'
import type { HubClient } from '../parts/hub-client.ts'

/** WeChat's `thing` takes no more. */
const THING_CHARACTERS = 20
const path = '/v1/policies/notification'
const document: PolicyDocument<'notification'> = POLICIES.notification.schema.parse({
  templates: [
    {
      event: 'shipped',
      way: 'sms',
      templateId: SMS_TEMPLATE,
      parameters: [
        { name: 'company', field: 'courier' },
        { name: 'no', field: 'waybillNumber' },
      ],
    },
    ...(['wechat_template', 'wechat'] as const).map((way) => ({
      event: 'shipped',
      way,
      templateId: way === 'wechat' ? WECHAT_TEMPLATE : OFFICIAL_TEMPLATE,
      parameters: [{ name: 'thing1', field: 'waybillNumber', maxCharacters: THING_CHARACTERS }],
      isFallback: true,
    })),
  ],
  // Whoever looks at the demo at night wants to see something, too.
  quietHours: null,
})

/**
 * Lets customers hear that their parcel left: a text message, and where that does not arrive, WeChat. A policy that somebody has
 * published stays.
 */
export async function tellCustomers(hub: HubClient): Promise<void> {
  const { schema } = POLICIES.notification
  const { document: current } = await hub.send({
    as: 'ops',
    method: 'GET',
    path,
    answer: z.object({ document: schema }),
  })
  if (current.templates.length > 0) return
  await hub.send({
    as: 'ops',
    method: 'PUT',
    path,
    body: { document, reason: 'demo: customers hear of their parcels' },
    answer: z.object({ version: z.int() }),
  })
}
