import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  assignBody,
  listWorkItemsQuery,
  resolveBody,
  workItemCounts,
  workItemDetailView,
  workItemPage,
  workItemView,
} from '../../contracts/work-items.ts'
import type { Tx } from '../../store/database.ts'
import { type Identity, operatorOf, scopeOf } from '../../store/identity.ts'
import {
  approveWorkItem,
  dismissWorkItem,
  ordersAtRiskOf,
  stockWaitOf,
} from '../../store/work-item-decisions.ts'
import {
  countWorkItems,
  findWorkItem,
  listWorkItems,
  type WorkItemView,
} from '../../store/work-item-queries.ts'
import { assignWorkItem, isReplayable, replayWorkItem, resolveWorkItem } from '../../store/work-items.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['work items']
const params = z.object({ workItemId: z.uuid() })
const response = { 200: workItemView }

/** What people must look at. */
export const workItemRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  /** Changes an item that the caller may see, and shows it afterwards. */
  const change = async (
    identity: Identity,
    id: string,
    act: (tx: Tx, operator: string) => Promise<void>,
  ): Promise<WorkItemView> => {
    const scope = scopeOf(identity)
    if (!(await findWorkItem(db, id, scope))) throw new ProblemError('not-found')
    await db.transaction().execute((tx) => act(tx, operatorOf(identity)))
    deps.notice.poke()
    const item = await findWorkItem(db, id, scope)
    if (!item) throw new ProblemError('not-found')
    return item
  }

  app.get(
    '/v1/work-items',
    {
      config: { access: ACCESS.readWorkItems },
      schema: {
        tags,
        summary: 'Work items of your stores, the oldest open one first',
        querystring: listWorkItemsQuery,
        response: { 200: workItemPage },
      },
    },
    async (request) => listWorkItems(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/work-items/counts',
    {
      config: { access: ACCESS.readWorkItems },
      schema: {
        tags,
        summary: 'How many open work items of your stores have waited for how long',
        response: { 200: workItemCounts },
      },
    },
    async (request) => countWorkItems(db, scopeOf(identityOf(request)), deps.clock.now()),
  )

  app.get(
    '/v1/work-items/:workItemId',
    {
      config: { access: ACCESS.readWorkItems },
      schema: {
        tags,
        summary:
          'One work item; a shortfall with the orders at risk, newest unpaid first; an order that waits for stock with its choices',
        params,
        response: { 200: workItemDetailView },
      },
    },
    async (request) => {
      const item = await findWorkItem(db, request.params.workItemId, scopeOf(identityOf(request)))
      if (!item) throw new ProblemError('not-found')
      const orders = await ordersAtRiskOf(db, item)
      return {
        ...item,
        stockWait: await stockWaitOf(db, item),
        ordersAtRisk: orders.map((order) => ({ ...order, createdAt: order.createdAt.toISOString() })),
        actions: actionsOf(item),
      }
    },
  )

  for (const [action, summary, decide] of [
    ['approve', 'Take over what it asks about', approveWorkItem],
    ['dismiss', 'Keep out what it asks about', dismissWorkItem],
  ] as const) {
    app.post(
      `/v1/work-items/:workItemId/${action}`,
      { config: { access: ACCESS.approveWorkItems }, schema: { tags, summary, params, response } },
      async (request) => {
        const identity = identityOf(request)
        const { workItemId } = request.params
        const item = await findWorkItem(db, workItemId, scopeOf(identity))
        if (!item) throw new ProblemError('not-found')
        const decision = { now: deps.clock.now() }
        return change(identity, workItemId, (tx, operator) => decide(tx, item, { ...decision, operator }))
      },
    )
  }

  app.post(
    '/v1/work-items/:workItemId/assign',
    {
      config: { access: ACCESS.settleWorkItems },
      schema: { tags, summary: 'Give it an owner', params, body: assignBody, response },
    },
    async (request) =>
      change(identityOf(request), request.params.workItemId, (tx, operator) =>
        assignWorkItem(tx, request.params.workItemId, { owner: request.body.owner, operator }),
      ),
  )

  app.post(
    '/v1/work-items/:workItemId/resolve',
    {
      config: { access: ACCESS.settleWorkItems },
      schema: { tags, summary: 'Close it with what was done', params, body: resolveBody, response },
    },
    async (request) =>
      change(identityOf(request), request.params.workItemId, (tx, operator) =>
        resolveWorkItem(tx, request.params.workItemId, { resolution: request.body.resolution, operator }),
      ),
  )

  app.post(
    '/v1/work-items/:workItemId/replay',
    {
      config: { access: ACCESS.replayWorkItems },
      schema: { tags, summary: 'Try again what it is about', params, response },
    },
    async (request) =>
      change(identityOf(request), request.params.workItemId, (tx, operator) =>
        replayWorkItem(tx, request.params.workItemId, operator),
      ),
  )
}

type Action = 'assign' | 'resolve' | 'replay' | 'approve' | 'dismiss' | 'decide' | 'release'

function actionsOf({ kind, state }: WorkItemView): Action[] {
  if (state === 'resolved') return []
  if (kind === 'awaiting_stock') return ['assign', 'resolve', 'decide']
  if (kind === 'abnormal_order') return ['assign', 'release']
  if (kind === 'wms_jump') return ['assign', 'approve', 'dismiss']
  return isReplayable(kind) ? ['assign', 'resolve', 'replay'] : ['assign', 'resolve']
}
