import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  listNotificationsQuery,
  notificationPage,
  notificationPreview,
  notificationPreviewBody,
} from '../../contracts/notifications.ts'
import { maskedNumber, quietUntil, renderParameters } from '../../domain/notification.ts'
import { scopeOf } from '../../store/identity.ts'
import { newestParcelToTell } from '../../store/notification-facts.ts'
import { listNotifications } from '../../store/notification-queries.ts'
import { addresseeOf, recipientOf } from '../../store/notifications.ts'
import { currentPolicy } from '../../store/policy.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'

/** What customers are told. */
export const notificationRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/notifications',
    {
      config: { access: ACCESS.readNotifications },
      schema: {
        tags: ['notifications'],
        summary: 'What customers were told, by which way, and whether it reached them',
        querystring: listNotificationsQuery,
        response: { 200: notificationPage },
      },
    },
    async (request) => listNotifications(deps.db, deps.keyRing, request.query, scopeOf(identityOf(request))),
  )
  app.post(
    '/v1/notifications/preview',
    {
      config: { access: ACCESS.publishPolicies },
      schema: {
        tags: ['notifications'],
        summary: 'What the customer of an order would be told now; nothing is sent',
        body: notificationPreviewBody,
        response: { 200: notificationPreview },
      },
    },
    async (request) => {
      const { orderId, document: draft } = request.body
      await requireOrder(deps.db, orderId, identityOf(request))
      const policy = draft ?? (await currentPolicy(deps.db, 'notification')).document
      const parcel = await newestParcelToTell(deps.db, orderId)
      if (!parcel) throw new ProblemError('order-not-found')
      const addressee = await addresseeOf(deps.db, deps.keyRing, orderId)
      const now = new Date()
      const isTold = policy.orderChannels.some((channel) => channel === parcel.channel)
      return {
        items: policy.templates.map(({ event, way, templateId, parameters, isFallback }) => {
          const recipient = recipientOf(way, addressee)
          const problem = !isTold ? 'other-channel' : recipient === null ? 'no-recipient' : null
          return {
            event,
            way,
            templateId,
            recipient: recipient && maskedNumber(recipient),
            parameters: renderParameters(parameters, parcel.facts),
            sendAt: problem ? null : (quietUntil(now, policy.quietHours) ?? now).toISOString(),
            problem,
            isFallback,
          } as const
        }),
      }
    },
  )
}
