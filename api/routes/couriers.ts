import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { courierConnections } from '../../connectors/couriers/registry.ts'
import { code } from '../../contracts/common.ts'
import {
  courierMessagePage,
  courierPage,
  courierView,
  followedParcelPage,
  listCourierMessagesQuery,
  listCouriersQuery,
  listFollowedParcelsQuery,
  PUSHING_SOURCES,
} from '../../contracts/couriers.ts'
import { appendAudit } from '../../store/audit.ts'
import { listCourierMessages, replayCourierMessage } from '../../store/courier-messages.ts'
import { listCouriers, listFollowedParcels, showCourier } from '../../store/couriers.ts'
import { ACCESS } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['couriers']
const params = z.object({ courier: code })
const sourceParams = z.object({ source: z.enum(PUSHING_SOURCES) })
const messageParams = sourceParams.extend({ messageId: z.string().regex(/^[0-9]{1,15}$/) })

/** How well the hub hears of parcels: by courier, parcel by parcel, and what was pushed. */
export const courierRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps
  const connections = courierConnections(deps.config)

  app.get(
    '/v1/couriers',
    {
      config: { access: ACCESS.readCouriers },
      schema: {
        tags,
        summary: 'Couriers with their parcels under way: lag, last push, last poll, errors',
        querystring: listCouriersQuery,
        response: { 200: courierPage },
      },
    },
    async (request) => listCouriers(db, request.query, connections),
  )

  app.get(
    '/v1/couriers/:courier',
    {
      config: { access: ACCESS.readCouriers },
      schema: { tags, summary: 'One courier', params, response: { 200: courierView } },
    },
    async (request) => showCourier(db, request.params.courier, connections),
  )

  app.get(
    '/v1/couriers/:courier/parcels',
    {
      config: { access: ACCESS.readCourierLogs },
      schema: {
        tags,
        summary: 'Parcels under way with a courier, and how each is followed',
        params,
        querystring: listFollowedParcelsQuery,
        response: { 200: followedParcelPage },
      },
    },
    async (request) => listFollowedParcels(db, request.params.courier, request.query),
  )

  app.get(
    '/v1/courier-sources/:source/messages',
    {
      config: { access: ACCESS.readCourierLogs },
      schema: {
        tags,
        summary: 'What a source pushed of parcels, and what became of it',
        params: sourceParams,
        querystring: listCourierMessagesQuery,
        response: { 200: courierMessagePage },
      },
    },
    async (request) => listCourierMessages(db, request.params.source, request.query),
  )

  app.post(
    '/v1/courier-sources/:source/messages/:messageId/replay',
    {
      config: { access: ACCESS.replayCourierMessages },
      schema: {
        tags,
        summary: 'Read a push once more that was set aside',
        params: messageParams,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { source, messageId } = request.params
      await db.transaction().execute(async (tx) => {
        await replayCourierMessage(tx, source, messageId)
        await appendAudit(tx, {
          ...auditOriginOf(request),
          action: 'courier_message.replayed',
          subject: { kind: 'courier_source', id: source },
          newValue: { messageId },
        })
      })
      deps.notice.poke()
      return reply.status(204).send()
    },
  )
}
