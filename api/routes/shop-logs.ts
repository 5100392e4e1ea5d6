import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import type { ChannelConnector } from '../../connectors/channels/channel.ts'
import { code } from '../../contracts/common.ts'
import {
  listShopDeliveriesQuery,
  listShopMessagesQuery,
  type PlatformList,
  platformList,
  shopDeliveryPage,
  shopMessagePage,
} from '../../contracts/shop-logs.ts'
import { appendAudit } from '../../store/audit.ts'
import {
  findLoggedShop,
  listShopDeliveries,
  listShopMessages,
  replayShopDelivery,
  replayShopMessage,
} from '../../store/shop-logs.ts'
import { ACCESS } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['shops']
const params = z.object({ shopId: code })
const messageParams = params.extend({ messageId: z.string().regex(/^[0-9]{1,15}$/) })
const deliveryParams = params.extend({ deliveryId: z.uuid() })

/** What a shop sent and was told, each again on demand; and what platforms there are to connect a shop of. */
export const shopLogRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/platforms',
    {
      config: { access: ACCESS.changeShops },
      schema: {
        tags,
        summary: 'Platforms that a shop can be connected of, with the fields of their credentials',
        response: { 200: platformList },
      },
    },
    async () => ({ items: Object.values(deps.connectors).map(platformOf) }),
  )

  app.get(
    '/v1/shops/:shopId/messages',
    {
      config: { access: ACCESS.readShopLogs },
      schema: {
        tags,
        summary: 'What a shop sent, and what became of it',
        params,
        querystring: listShopMessagesQuery,
        response: { 200: shopMessagePage },
      },
    },
    async (request) => listShopMessages(db, await findLoggedShop(db, request.params.shopId), request.query),
  )

  app.post(
    '/v1/shops/:shopId/messages/:messageId/replay',
    {
      config: { access: ACCESS.changeShops },
      schema: {
        tags,
        summary: 'Fetch the order that a message is about once more',
        params: messageParams,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { shopId, messageId } = request.params
      await db.transaction().execute(async (tx) => {
        await replayShopMessage(tx, await findLoggedShop(tx, shopId), messageId)
        await appendAudit(tx, {
          ...auditOriginOf(request),
          action: 'shop_message.replayed',
          subject: { kind: 'shop', id: shopId },
          newValue: { messageId },
        })
      })
      deps.notice.poke()
      return reply.status(204).send()
    },
  )

  app.get(
    '/v1/shops/:shopId/deliveries',
    {
      config: { access: ACCESS.readShopLogs },
      schema: {
        tags,
        summary: 'What a shop was told: waybills of its orders, or quantities of its store',
        params,
        querystring: listShopDeliveriesQuery,
        response: { 200: shopDeliveryPage },
      },
    },
    async (request) => listShopDeliveries(db, await findLoggedShop(db, request.params.shopId), request.query),
  )

  app.post(
    '/v1/shops/:shopId/deliveries/:deliveryId/replay',
    {
      config: { access: ACCESS.changeShops },
      schema: {
        tags,
        summary: 'Tell a shop once more what it did not take',
        params: deliveryParams,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { shopId, deliveryId } = request.params
      await db.transaction().execute(async (tx) => {
        await replayShopDelivery(tx, await findLoggedShop(tx, shopId), deliveryId)
        await appendAudit(tx, {
          ...auditOriginOf(request),
          action: 'shop_delivery.replayed',
          subject: { kind: 'shop', id: shopId },
          newValue: { deliveryId },
        })
      })
      deps.notice.poke()
      return reply.status(204).send()
    },
  )
}

/** What of a JSON Schema says how a field of a form looks. */
const credentialsSchema = z.object({
  properties: z.record(
    z.string(),
    z.looseObject({
      enum: z.array(z.string()).optional(),
      default: z.string().optional(),
      minLength: z.int().default(0),
      pattern: z.string().optional(),
    }),
  ),
  required: z.array(z.string()).default([]),
})

function platformOf(connector: ChannelConnector): PlatformList['items'][number] {
  const schema = z.toJSONSchema(connector.credentials, { io: 'input', unrepresentable: 'any' })
  const { properties, required } = credentialsSchema.parse(schema)
  return {
    platform: connector.platform,
    channel: connector.channel,
    gatewayUrl: connector.defaultGatewayUrl,
    pushUrl: connector.defaultPushUrl,
    credentials: Object.entries(properties).map(([field, said]) => ({
      field,
      isRequired: required.includes(field),
      mayBeEmpty: said.minLength === 0 && said.pattern === undefined && said.enum === undefined,
      default: said.default ?? null,
      choices: said.enum ?? null,
    })),
  }
}
