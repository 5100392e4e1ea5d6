import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { code } from '../../contracts/common.ts'
import {
  listPickTasksQuery,
  pickTaskEventAnswer,
  pickTaskEventBody,
  pickTaskPage,
  separateAnswer,
  separateBody,
} from '../../contracts/pick-tasks.ts'
import { separateTask } from '../../store/combined-shipping.ts'
import { listPickTasks } from '../../store/fulfilment-queries.ts'
import { operatorOf, scopeOf } from '../../store/identity.ts'
import { recordPickTaskEvent } from '../../store/pick-tasks.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['pick tasks']

/** What the warehouses have to pick, and what their devices report. */
export const pickTaskRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    '/v1/pick-tasks',
    {
      config: { access: ACCESS.readPickTasks },
      schema: {
        tags,
        summary: 'Pick tasks, the oldest open one first',
        querystring: listPickTasksQuery,
        response: { 200: pickTaskPage },
      },
    },
    async (request) => listPickTasks(deps.db, request.query, scopeOf(identityOf(request))),
  )

  app.post(
    '/v1/pick-tasks/:pickTaskId/events',
    {
      config: { access: ACCESS.reportPickTask },
      schema: {
        tags,
        summary: 'A report of a PDA; its eventId makes a repetition harmless',
        params: z.object({ pickTaskId: code }),
        body: pickTaskEventBody,
        response: { 200: pickTaskEventAnswer },
      },
    },
    async (request) => {
      const { body, traceParent } = request
      const report = {
        pickTaskId: request.params.pickTaskId,
        body,
        operator: operatorOf(identityOf(request)),
        traceParent,
      }
      const answer = await deps.db.transaction().execute((tx) => recordPickTaskEvent(tx, report))
      deps.notice.poke()
      return answer
    },
  )

  app.post(
    '/v1/pick-tasks/:pickTaskId/separate',
    {
      config: { access: ACCESS.reportPickTask },
      schema: {
        tags,
        summary: 'Let a task go by itself that was to share its parcel; again changes nothing',
        params: z.object({ pickTaskId: code }),
        body: separateBody,
        response: { 200: separateAnswer },
      },
    },
    async (request) => {
      const separation = {
        pickTaskId: request.params.pickTaskId,
        operator: operatorOf(identityOf(request)),
        reason: request.body.reason,
      }
      const answer = await deps.db.transaction().execute((tx) => separateTask(tx, separation))
      deps.notice.poke()
      return answer
    },
  )
}
