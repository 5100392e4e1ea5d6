import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  AddressRefusedError,
  checkReceiverUrl,
  parseAllowedTargets,
} from '../../connectors/webhooks/address.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { OUTBOUND_EVENTS } from '../../contracts/outbound-events.ts'
import {
  changeSubscriptionBody,
  createSubscriptionBody,
  eventDeliveryDetail,
  eventDeliveryPage,
  eventReplayPage,
  eventReplayView,
  eventTypeList,
  listEventDeliveriesQuery,
  listReplaysQuery,
  listSubscriptionsQuery,
  queuedDelivery,
  replayPeriodBody,
  rotateSecretBody,
  subscriptionPage,
  subscriptionSecrets,
  subscriptionView,
} from '../../contracts/subscriptions.ts'
import type { Tx } from '../../store/database.ts'
import { operatorOf } from '../../store/identity.ts'
import {
  findEventDelivery,
  listEventDeliveries,
  listReplays,
  listSubscriptions,
  showReplay,
  showSubscription,
} from '../../store/subscription-queries.ts'
import {
  changeSubscription,
  createSubscription,
  deleteSubscription,
  openSecrets,
  pauseSubscription,
  replayDelivery,
  resumeSubscription,
  rotateSecret,
  sendTestEvent,
  startReplay,
} from '../../store/subscriptions.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['subscriptions']
const params = z.object({ subscriptionId: z.uuid() })
const deliveryParams = params.extend({ deliveryId: z.uuid() })
const one = '/v1/subscriptions/:subscriptionId'

/** Other systems that receive the hub's events: who gets which, what became of each, and sending again. */
export const subscriptionRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, keyRing } = deps
  const allowed = parseAllowedTargets(deps.config.EVENT_ALLOWED_TARGETS ?? '')
  const read = { access: ACCESS.runSubscriptions }
  const effect = { ...read, idempotent: true }
  const operator = (request: Parameters<typeof identityOf>[0]) => operatorOf(identityOf(request))

  /** The DNS is asked, and the answer judged, when something is sent; what can be seen already is refused here. */
  const checkUrl = (url: string | undefined) => {
    try {
      if (url !== undefined) checkReceiverUrl(url, allowed)
    } catch (error) {
      if (!(error instanceof AddressRefusedError)) throw error
      const fields = [{ field: 'url', message: error.message }]
      throw new ProblemError('receiver-not-allowed', error.message, { fields })
    }
  }
  const checkStores = async (tx: Tx, storeIds: string[]) => {
    const known = await findStores(tx, storeIds)
    const unknown = storeIds.findIndex((id) => !known.has(id))
    if (unknown < 0) return
    const fields = [{ field: `storeIds.${unknown}`, message: `${storeIds[unknown]} is not known` }]
    throw new ProblemError('unknown-store', undefined, { fields })
  }

  app.post(
    '/v1/subscriptions',
    {
      config: effect,
      schema: {
        tags,
        summary: 'Send events to another system, signed as Standard Webhooks; its secret is read separately',
        body: createSubscriptionBody,
        response: { 201: subscriptionView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, subscriptionView, async (tx) => {
        const { body } = request
        checkUrl(body.url)
        await checkStores(tx, body.storeIds)
        const subscriptionId = deps.ids.next()
        await createSubscription(tx, keyRing, { subscriptionId, body, operator: operator(request) })
        return { status: 201, body: await showSubscription(tx, subscriptionId) }
      }),
  )

  app.get(
    '/v1/subscriptions',
    {
      config: read,
      schema: {
        tags,
        summary: 'Subscriptions and how they are doing',
        querystring: listSubscriptionsQuery,
        response: { 200: subscriptionPage },
      },
    },
    async (request) => listSubscriptions(db, request.query),
  )

  app.get(
    '/v1/subscriptions/event-types',
    {
      config: read,
      schema: {
        tags,
        summary: 'Every type of event, with the JSON Schema of its data',
        response: { 200: eventTypeList },
      },
    },
    async () => ({
      items: Object.entries(OUTBOUND_EVENTS).map(([type, { en, zh, data }]) => ({
        type,
        title: { en, zh },
        schema: z.toJSONSchema(data),
      })),
    }),
  )

  app.get(
    one,
    {
      config: read,
      schema: { tags, summary: 'One subscription', params, response: { 200: subscriptionView } },
    },
    async (request) => showSubscription(db, request.params.subscriptionId),
  )

  app.patch(
    one,
    {
      config: effect,
      schema: {
        tags,
        summary: 'Change its name, address, events or stores',
        params,
        body: changeSubscriptionBody,
        response: { 200: subscriptionView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, subscriptionView, async (tx) => {
        const { subscriptionId } = request.params
        const { body } = request
        checkUrl(body.url)
        await checkStores(tx, body.storeIds ?? [])
        await changeSubscription(tx, { subscriptionId, body }, ({ eventTypes, storeIds }) => {
          const fits = createSubscriptionBody.safeParse({ name: 'x', url: 'x', eventTypes, storeIds })
          if (fits.success) return
          const fields = fits.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }))
          throw new ProblemError('invalid-request', undefined, { fields })
        })
        return { status: 200, body: await showSubscription(tx, subscriptionId) }
      }),
  )

  app.delete(
    one,
    {
      config: read,
      schema: {
        tags,
        summary: 'End it: nothing more is sent, its secrets are erased',
        params,
        response: { 200: subscriptionView },
      },
    },
    async (request) =>
      db.transaction().execute(async (tx) => {
        const { subscriptionId } = request.params
        await deleteSubscription(tx, { subscriptionId, operator: operator(request) })
        return showSubscription(tx, subscriptionId)
      }),
  )

  for (const [action, summary, act] of [
    ['pause', 'Send nothing until it is resumed; events wait', pauseSubscription],
    ['resume', 'Go on where it stopped, after a pause or after it was disabled', resumeSubscription],
  ] as const) {
    app.post(
      `${one}/${action}`,
      { config: read, schema: { tags, summary, params, response: { 200: subscriptionView } } },
      async (request) =>
        db.transaction().execute(async (tx) => {
          const { subscriptionId } = request.params
          await act(tx, { subscriptionId, operator: operator(request) })
          return showSubscription(tx, subscriptionId)
        }),
    )
  }

  app.post(
    `${one}/test`,
    {
      config: effect,
      schema: {
        tags,
        summary: 'Send it a test event; the delivery log says what became of it',
        params,
        response: { 202: queuedDelivery },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, queuedDelivery, async (tx) => {
        const { subscriptionId } = request.params
        const deliveryId = await sendTestEvent(tx, { subscriptionId, operator: operator(request) })
        return { status: 202, body: { deliveryId } }
      }),
  )

  app.get(
    `${one}/secrets`,
    {
      config: read,
      schema: {
        tags,
        summary: 'The secrets that sign now, the newest first',
        params,
        response: { 200: subscriptionSecrets },
      },
    },
    async (request, reply) => {
      const { subscriptionId } = request.params
      await showSubscription(db, subscriptionId)
      reply.header('cache-control', 'no-store')
      return { secrets: await openSecrets(db, keyRing, subscriptionId) }
    },
  )

  app.post(
    `${one}/secrets`,
    {
      config: effect,
      schema: {
        tags,
        summary: 'Make a new secret; the old one signs beside it for the overlap',
        params,
        body: rotateSecretBody,
        response: { 201: subscriptionView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, subscriptionView, async (tx) => {
        const { subscriptionId } = request.params
        const { overlapHours } = request.body
        await rotateSecret(tx, keyRing, { subscriptionId, overlapHours, operator: operator(request) })
        return { status: 201, body: await showSubscription(tx, subscriptionId) }
      }),
  )

  app.get(
    `${one}/deliveries`,
    {
      config: read,
      schema: {
        tags,
        summary: 'Its delivery log',
        params,
        querystring: listEventDeliveriesQuery,
        response: { 200: eventDeliveryPage },
      },
    },
    async (request) => {
      const { subscriptionId } = request.params
      await showSubscription(db, subscriptionId)
      return listEventDeliveries(db, subscriptionId, request.query)
    },
  )

  app.get(
    `${one}/deliveries/:deliveryId`,
    {
      config: read,
      schema: {
        tags,
        summary: 'One delivery: what is sent, and each try that failed',
        params: deliveryParams,
        response: { 200: eventDeliveryDetail },
      },
    },
    async (request) => findEventDelivery(db, request.params.subscriptionId, request.params.deliveryId),
  )

  app.post(
    `${one}/deliveries/:deliveryId/replay`,
    {
      config: read,
      schema: {
        tags,
        summary: 'Send one event again, under the same webhook-id',
        params: deliveryParams,
        response: { 202: queuedDelivery },
      },
    },
    async (request, reply) => {
      await db.transaction().execute((tx) => replayDelivery(tx, request.params))
      reply.status(202)
      return { deliveryId: request.params.deliveryId }
    },
  )

  app.post(
    `${one}/replays`,
    {
      config: effect,
      schema: {
        tags,
        summary: 'Send every event of a period again',
        params,
        body: replayPeriodBody,
        response: { 202: eventReplayView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, eventReplayView, async (tx) => {
        const { subscriptionId } = request.params
        const replayId = deps.ids.next()
        await startReplay(tx, { subscriptionId, operator: operator(request), replayId, body: request.body })
        return { status: 202, body: await showReplay(tx, replayId) }
      }),
  )

  app.get(
    `${one}/replays`,
    {
      config: read,
      schema: {
        tags,
        summary: 'Periods that were sent again, the newest first',
        params,
        querystring: listReplaysQuery,
        response: { 200: eventReplayPage },
      },
    },
    async (request) => {
      const { subscriptionId } = request.params
      await showSubscription(db, subscriptionId)
      return listReplays(db, subscriptionId, request.query)
    },
  )
}

async function findStores(tx: Tx, storeIds: string[]): Promise<Set<string>> {
  if (storeIds.length === 0) return new Set()
  const rows = await tx.selectFrom('store').select('id').where('id', 'in', storeIds).execute()
  return new Set(rows.map((row) => row.id))
}
