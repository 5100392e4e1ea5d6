import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  listTransfersQuery,
  proposalBody,
  proposalView,
  type TransferDetail,
  transferBody,
  transferCancellationBody,
  transferDecisionBody,
  transferDetail,
  transferDispatchBody,
  transferLossBody,
  transferPage,
  transferParams,
  transferReceiptBody,
} from '../../contracts/transfers.ts'
import type { TransferEvent, TransferState } from '../../domain/transfer.ts'
import type { Db, Tx } from '../../store/database.ts'
import { operatorOf } from '../../store/identity.ts'
import { findTransfer, listTransfers, showSourced } from '../../store/transfer-queries.ts'
import { sourceTransfer } from '../../store/transfer-sourcing.ts'
import {
  applyTransferEvent,
  readTransfer,
  recordRefusedDecision,
  requestTransfer,
} from '../../store/transfers.ts'
import { ACCESS, identityOf } from '../access.ts'
import { eventIdOf } from '../callers.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOwnRegion } from '../own-region.ts'

const tags = ['transfers']
const params = transferParams
const response = { 200: transferDetail }
const url = '/v1/transfers/:transferId'

/**
 * Transfers between warehouses. The transfer's row decides and the answer is what is durable; its workflow is told
 * afterwards and does what nobody asks for.
 */
export const transferRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  /** Carries out one event, once for each Idempotency-Key, and answers with the transfer as it then stands. */
  const change = async (
    request: FastifyRequest,
    reply: FastifyReply,
    transferId: string,
    eventOf: (state: TransferState) => TransferEvent,
  ): Promise<TransferDetail> => {
    const operator = operatorOf(identityOf(request))
    const answer = await request.idempotent(reply, transferDetail, async (tx) => {
      const event = eventOf(await requireTransfer(tx, transferId))
      const result = await applyTransferEvent(tx, {
        transferId,
        eventId: eventIdOf(request),
        event,
        operator,
      })
      if (!result.ok) throw new ProblemError(result.code, result.detail)
      return { status: 200, body: await show(tx, transferId) }
    })
    deps.notice.poke()
    return answer
  }

  app.post(
    '/v1/transfers/proposals',
    {
      config: { access: ACCESS.requestTransfer },
      schema: {
        tags,
        summary: 'What would be proposed now; nothing is held or written',
        body: proposalBody,
        response: { 200: proposalView },
      },
    },
    async (request) => {
      const { warehouseId: destinationId, ...rest } = request.body
      return showSourced(db, await sourceTransfer(db, { ...rest, destinationId }))
    },
  )

  app.post(
    '/v1/transfers',
    {
      config: { access: ACCESS.requestTransfer, idempotent: true },
      schema: {
        tags,
        summary: 'Ask for units at a warehouse; the answer has the proposal and who decides on it',
        body: transferBody,
        response: { 201: transferDetail },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { warehouseId: destinationId, ...rest } = request.body
      await requireOwnRegion(db, identity, destinationId)
      const answer = await request.idempotent(reply, transferDetail, async (tx) => {
        const transferId = deps.ids.next()
        const origin = { operator: operatorOf(identity), eventId: eventIdOf(request) }
        await requestTransfer(tx, { transferId, destinationId, ...origin, ...rest })
        return { status: 201, body: await show(tx, transferId) }
      })
      deps.notice.poke()
      return answer
    },
  )

  app.get(
    '/v1/transfers',
    {
      config: { access: ACCESS.readTransfers },
      schema: {
        tags,
        summary: 'Transfers',
        querystring: listTransfersQuery,
        response: { 200: transferPage },
      },
    },
    async (request) => listTransfers(db, request.query),
  )

  app.get(
    url,
    {
      config: { access: ACCESS.readTransfers },
      schema: { tags, summary: 'One transfer with proposal, legs and events', params, response },
    },
    async (request) => show(db, request.params.transferId),
  )

  app.post(
    `${url}/decisions`,
    {
      config: { access: ACCESS.decideTransfer, idempotent: true },
      schema: {
        tags,
        summary: 'Approve or reject the present proposal',
        params,
        body: transferDecisionBody,
        response,
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { transferId } = request.params
      const { decision } = request.body
      const [operator, role] = [operatorOf(identity), identity.kind === 'person' ? identity.role : '']
      const decided = { type: 'decided' as const, operator, role, ...request.body }
      try {
        return await change(request, reply, transferId, () => decided)
      } catch (error) {
        // The transaction is rolled back, but that somebody tried is kept.
        if (error instanceof ProblemError && REFUSED_DECISIONS.has(error.code)) {
          const eventId = eventIdOf(request)
          await recordRefusedDecision(db, { transferId, eventId, operator, decision, code: error.code })
        }
        throw error
      }
    },
  )

  app.post(
    `${url}/dispatch`,
    {
      config: { access: ACCESS.handleTransfer, idempotent: true },
      schema: {
        tags,
        summary: 'Units have left their source',
        params,
        body: transferDispatchBody,
        response,
      },
    },
    async (request, reply) => {
      const { legNumber } = request.body
      return change(request, reply, request.params.transferId, (state) => {
        const leg = state.legs.find((entry) => entry.legNumber === legNumber)
        const quantity = request.body.quantity ?? (leg ? leg.reserved - leg.dispatched : 1)
        if (quantity < 1) throw new ProblemError('transfer-wrong-state', 'everything has left already')
        return { type: 'dispatched', legNumber, quantity }
      })
    },
  )

  app.post(
    `${url}/receive`,
    {
      config: { access: ACCESS.handleTransfer, idempotent: true },
      schema: {
        tags,
        summary: 'Units have arrived; may come in parts',
        params,
        body: transferReceiptBody,
        response,
      },
    },
    async (request, reply) =>
      change(request, reply, request.params.transferId, () => ({ type: 'received', ...request.body })),
  )

  app.post(
    `${url}/loss`,
    {
      config: { access: ACCESS.handleTransfer, idempotent: true },
      schema: {
        tags,
        summary: 'Units were lost on their way; they are written off',
        params,
        body: transferLossBody,
        response,
      },
    },
    async (request, reply) =>
      change(request, reply, request.params.transferId, () => ({ type: 'lost', ...request.body })),
  )

  app.post(
    `${url}/cancellation`,
    {
      config: { access: ACCESS.cancelTransfer, idempotent: true },
      schema: {
        tags,
        summary: 'End it before dispatch, or call back what is on its way',
        params,
        body: transferCancellationBody,
        response,
      },
    },
    async (request, reply) => {
      const { transferId } = request.params
      const { destinationId } = await requireTransfer(db, transferId)
      await requireOwnRegion(db, identityOf(request), destinationId)
      return change(request, reply, transferId, () => ({ type: 'cancelled', ...request.body }))
    },
  )
}

/** Refusals that say who may not decide, and on what: somebody may want to know of them. */
const REFUSED_DECISIONS: ReadonlySet<string> = new Set([
  'transfer-own-request',
  'transfer-not-approver',
  'transfer-proposal-changed',
  'transfer-wrong-state',
])

async function requireTransfer(db: Db | Tx, transferId: string): Promise<TransferState> {
  const state = await readTransfer(db, transferId)
  if (!state) throw new ProblemError('transfer-not-found')
  return state
}

async function show(db: Db | Tx, transferId: string): Promise<TransferDetail> {
  const found = await findTransfer(db, transferId)
  if (!found) throw new ProblemError('transfer-not-found')
  return found
}
