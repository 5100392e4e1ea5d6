import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  closePromotionBody,
  createPromotionBody,
  listPromotionsQuery,
  movePromotionBody,
  type PromotionView,
  promotionPage,
  promotionView,
} from '../../contracts/promotions.ts'
import type { Db, Tx } from '../../store/database.ts'
import { operatorOf } from '../../store/identity.ts'
import { findPromotion, listPromotions } from '../../store/promotion-queries.ts'
import { createPromotion, moveQuota } from '../../store/promotions.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { refuseUnknownChannels } from '../known-channels.ts'

const tags = ['promotions']
const params = z.object({ promotionId: z.uuid() })

/** Units promised to channels for a time: planned, watched, moved between channels, and called off. */
export const promotionRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps
  const change = { access: ACCESS.runPromotions, idempotent: true }

  app.post(
    '/v1/promotions',
    {
      config: change,
      schema: {
        tags,
        summary: 'Plan a promotion: units per SKU and channel, held from its start to its end',
        body: createPromotionBody,
        response: { 201: promotionView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, promotionView, async (tx) => {
        const channels = request.body.quotas.map(({ channel }, index) => [`quotas.${index}.channel`, channel])
        refuseUnknownChannels(deps.connectors, Object.fromEntries(channels))
        const promotionId = deps.ids.next()
        await createPromotion(tx, { promotionId, body: request.body, createdBy: operator(request) })
        return { status: 201, body: await show(tx, promotionId) }
      }),
  )

  app.get(
    '/v1/promotions',
    {
      config: { access: ACCESS.readPromotions },
      schema: {
        tags,
        summary: 'Promotions with the sums of their quotas; `state=open`: scheduled and running',
        querystring: listPromotionsQuery,
        response: { 200: promotionPage },
      },
    },
    async (request) => listPromotions(db, request.query),
  )

  app.get(
    '/v1/promotions/:promotionId',
    {
      config: { access: ACCESS.readPromotions },
      schema: {
        tags,
        summary: 'What each SKU and channel was promised, has drawn and has left, and where',
        params,
        response: { 200: promotionView },
      },
    },
    async (request) => show(db, request.params.promotionId),
  )

  app.post(
    '/v1/promotions/:promotionId/moves',
    {
      config: change,
      schema: {
        tags,
        summary: 'Move units that nobody has drawn yet to another channel, while the promotion runs',
        params,
        body: movePromotionBody,
        response: { 200: promotionView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, promotionView, async (tx) => {
        const { promotionId } = request.params
        const key = `${callerOf(identityOf(request))}/${request.headers['idempotency-key']}`
        refuseUnknownChannels(deps.connectors, { toChannel: request.body.toChannel })
        const operationId = `promotion/${promotionId}/move/${key}`
        await moveQuota(tx, { promotionId, body: request.body, operator: operator(request), operationId })
        return { status: 200, body: await show(tx, promotionId) }
      }),
  )

  for (const { path, to, summary } of CLOSINGS) {
    app.post(
      `/v1/promotions/:promotionId/${path}`,
      {
        config: change,
        schema: { tags, summary, params, body: closePromotionBody, response: { 200: promotionView } },
      },
      async (request, reply) => {
        const { promotionId } = request.params
        await show(db, promotionId)
        return request.idempotentCommand(reply, promotionView, async (requestId) => {
          const command = { requestId, to, operator: operator(request), reason: request.body.reason }
          const answer = await deps.promotionCommands.close(promotionId, command)
          if (!answer.accepted) throw new ProblemError(answer.code, answer.detail)
          return { status: 200, body: await show(db, promotionId) }
        })
      },
    )
  }
}

/** A person's command, carried out by the promotion's workflow. */
const CLOSINGS = [
  {
    path: 'early-end',
    to: 'ended',
    summary: 'End a running promotion now; what is left is free stock at once',
  },
  {
    path: 'cancellation',
    to: 'cancelled',
    summary: 'Call a promotion off, before its start or while it runs',
  },
] as const

const operator = (request: FastifyRequest) => operatorOf(identityOf(request))

async function show(db: Db | Tx, promotionId: string): Promise<PromotionView> {
  const promotion = await findPromotion(db, promotionId)
  if (!promotion) throw new ProblemError('not-found', `there is no promotion ${promotionId}`)
  return promotion
}
