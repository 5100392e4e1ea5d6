import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  closePeriodBody,
  type DecideDifferenceBody,
  decideDifferenceBody,
  differenceDetail,
  differencePage,
  differenceParams,
  listDifferencesQuery,
  listPeriodsQuery,
  listRunsQuery,
  periodPage,
  periodParams,
  periodView,
  runPage,
  runParams,
  runView,
  startRunBody,
} from '../../contracts/reconciliation.ts'
import { submitChange } from '../../store/change-requests.ts'
import type { Tx } from '../../store/database.ts'
import { type Identity, scopeOf } from '../../store/identity.ts'
import { closePeriod, listPeriods, readPeriod } from '../../store/reconciliation-periods.ts'
import {
  listDifferences,
  lockDifference,
  readDifference,
  settleDifference,
} from '../../store/reconciliation-queries.ts'
import { cancelRun, findRun, listRuns, resumeRun, startRun } from '../../store/reconciliation-runs.ts'
import { ACCESS, identityOf } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import { applicantOf, eventIdOf } from '../callers.ts'
import { changeOf } from '../change-body.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['reconciliation']
const read = { access: ACCESS.readReconciliation }
const run = { access: ACCESS.runReconciliation }

/** The hub compared with those around it: runs, what they have found, and what becomes of it. */
export const reconciliationRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.post(
    '/v1/reconciliations',
    {
      config: { ...run, idempotent: true },
      schema: {
        tags,
        summary: 'Compare the hub with another system over some days, in the background',
        body: startRunBody,
        response: { 202: runView },
      },
    },
    async (request, reply) => {
      const { actor } = auditOriginOf(request)
      return request.idempotent(reply, runView, async (tx) => ({
        status: 202,
        body: await startRun(tx, request.body, actor),
      }))
    },
  )

  app.get(
    '/v1/reconciliations',
    {
      config: read,
      schema: {
        tags,
        summary: 'Runs, with how far they are',
        querystring: listRunsQuery,
        response: { 200: runPage },
      },
    },
    async (request) => listRuns(db, request.query),
  )

  app.get(
    '/v1/reconciliations/:runId',
    {
      config: read,
      schema: {
        tags,
        summary: 'How far a run is, and what it came to',
        params: runParams,
        response: { 200: runView },
      },
    },
    async (request) => findRun(db, request.params.runId),
  )

  app.delete(
    '/v1/reconciliations/:runId',
    {
      config: run,
      schema: {
        tags,
        summary: 'Stop a run where it stands',
        params: runParams,
        response: { 200: runView },
      },
    },
    async (request) => cancelRun(db, request.params.runId),
  )

  app.post(
    '/v1/reconciliations/:runId/resume',
    {
      config: { ...run, idempotent: true },
      schema: {
        tags,
        summary: 'Let a run that was stopped or has failed go on where it stopped',
        params: runParams,
        response: { 200: runView },
      },
    },
    async (request, reply) =>
      request.idempotent(reply, runView, async (tx) => ({
        status: 200,
        body: await resumeRun(tx, request.params.runId),
      })),
  )

  app.get(
    '/v1/reconciliation-differences',
    {
      config: read,
      schema: {
        tags,
        summary: 'What differs, the largest first',
        querystring: listDifferencesQuery,
        response: { 200: differencePage },
      },
    },
    async (request) => listDifferences(db, request.query, scopeOf(identityOf(request)), deps.clock.now()),
  )

  app.get(
    '/v1/reconciliation-differences/:differenceId',
    {
      config: read,
      schema: {
        tags,
        summary: 'A difference: what both sides say, the order behind it, and who has moved it',
        params: differenceParams,
        response: { 200: differenceDetail },
      },
    },
    async (request) =>
      readDifference(db, request.params.differenceId, scopeOf(identityOf(request)), deps.clock.now()),
  )

  app.post(
    '/v1/reconciliation-periods',
    {
      config: { access: ACCESS.closeReconciliation, idempotent: true },
      schema: {
        tags,
        summary: 'Close a month with another system, with a signed summary',
        body: closePeriodBody,
        response: { 201: periodView },
      },
    },
    async (request, reply) => {
      const origin = auditOriginOf(request)
      return request.idempotent(reply, periodView, async (tx) => {
        const close = { id: deps.ids.next(), body: request.body, origin, now: deps.clock.now() }
        return { status: 201, body: await closePeriod(tx, deps.keyRing, close) }
      })
    },
  )

  app.get(
    '/v1/reconciliation-periods',
    {
      config: read,
      schema: {
        tags,
        summary: 'Months that are closed',
        querystring: listPeriodsQuery,
        response: { 200: periodPage },
      },
    },
    async (request) => listPeriods(db, deps.keyRing, request.query),
  )

  app.get(
    '/v1/reconciliation-periods/:periodId',
    {
      config: read,
      schema: {
        tags,
        summary: 'What a closed month came to, and whether its signature holds',
        params: periodParams,
        response: { 200: periodView },
      },
    },
    async (request) => readPeriod(db, deps.keyRing, request.params.periodId),
  )

  app.post(
    '/v1/reconciliation-differences/:differenceId/decisions',
    {
      config: { access: ACCESS.settleDifferences, idempotent: true },
      schema: {
        tags,
        summary: 'Accept a difference, say that it is mended, or ask for a change of its order',
        params: differenceParams,
        body: decideDifferenceBody,
        response: { 200: differenceDetail },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const scope = scopeOf(identity)
      const { body } = request
      const { differenceId } = request.params
      const answer = await request.idempotent(reply, differenceDetail, async (tx) => {
        const { orderId, from } = await lockDifference(tx, differenceId, body, scope)
        const changeId = await askForChange(tx, deps, {
          identity,
          body,
          orderId,
          eventId: eventIdOf(request),
        })
        await settleDifference(tx, differenceId, { body, from, changeId, origin: auditOriginOf(request) })
        return { status: 200, body: await readDifference(tx, differenceId, scope, deps.clock.now()) }
      })
      deps.notice.poke()
      return answer
    },
  )
}

/** Opens the change request that a decision asks for; null where it asks for none. */
async function askForChange(
  tx: Tx,
  deps: ApiDeps,
  asked: { identity: Identity; body: DecideDifferenceBody; orderId: string | null; eventId: string },
): Promise<string | null> {
  const { identity, body, orderId, eventId } = asked
  if (body.decision !== 'request_change') return null
  if (orderId === null) throw new ProblemError('reconciliation-no-order')
  const { orderVersion, reasonCode, reason } = body
  const changeId = deps.ids.next()
  const change = changeOf(body.change, changeId)
  const applicant = applicantOf(identity)
  await submitChange(tx, { changeId, orderId, orderVersion, change, reasonCode, reason, applicant, eventId })
  return changeId
}
