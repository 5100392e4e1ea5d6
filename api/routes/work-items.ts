import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import {
  assignBody,
  assigneePage,
  describeKind,
  listAssigneesQuery,
  listWorkItemsQuery,
  resolveBody,
  snoozeBody,
  type WorkItemAction,
  workItemCounts,
  workItemDetailView,
  workItemKindList,
  workItemPage,
  workItemView,
} from '../../contracts/work-items.ts'
import { WORK_ITEM_KINDS } from '../../domain/order.ts'
import type { Tx } from '../../store/database.ts'
import { type Identity, operatorOf, scopeOf } from '../../store/identity.ts'
import {
  approveWorkItem,
  dismissWorkItem,
  ordersAtRiskOf,
  stockWaitOf,
} from '../../store/work-item-decisions.ts'
import { assignWorkItem, listAssignees } from '../../store/work-item-people.ts'
import {
  countWorkItems,
  findWorkItem,
  listWorkItems,
  type WorkItemView,
} from '../../store/work-item-queries.ts'
import { snoozeWorkItem, wakeWorkItem } from '../../store/work-item-snooze.ts'
import { isReplayable, replayWorkItem, resolveWorkItem } from '../../store/work-items.ts'
import { ACCESS, identityOf } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
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
        summary:
          'Work items of your stores, the oldest open one first; those that are put off only if asked for',
        querystring: listWorkItemsQuery,
        response: { 200: workItemPage },
      },
    },
    async (request) => listWorkItems(db, request.query, scopeOf(identityOf(request)), deps.clock.now()),
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
    '/v1/work-items/kinds',
    {
      config: { access: ACCESS.readWorkItems },
      schema: {
        tags,
        summary: 'The kinds of work items, each with what it says and what to do next',
        response: { 200: workItemKindList },
      },
    },
    async () => ({ items: WORK_ITEM_KINDS.map(describeKind) }),
  )

  app.get(
    '/v1/work-items/assignees',
    {
      config: { access: ACCESS.settleWorkItems },
      schema: {
        tags,
        summary: 'People whom a work item can be given to',
        querystring: listAssigneesQuery,
        response: { 200: assigneePage },
      },
    },
    async (request) => listAssignees(db, request.query, scopeOf(identityOf(request))),
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
      schema: { tags, summary: 'Give it to somebody who sees it', params, body: assignBody, response },
    },
    async (request) => {
      const assignment = { owner: request.body.owner, origin: auditOriginOf(request) }
      const { workItemId } = request.params
      return change(identityOf(request), workItemId, (tx) => assignWorkItem(tx, workItemId, assignment))
    },
  )

  const snoozeUrl = '/v1/work-items/:workItemId/snooze'
  app.post(
    snoozeUrl,
    {
      config: { access: ACCESS.settleWorkItems },
      schema: {
        tags,
        summary: 'Put it off: it leaves the list until then, or until it says something new',
        params,
        body: snoozeBody,
        response,
      },
    },
    async (request) => {
      const snooze = { ...request.body, origin: auditOriginOf(request) }
      const { workItemId } = request.params
      return change(identityOf(request), workItemId, (tx) => snoozeWorkItem(tx, workItemId, snooze))
    },
  )

  app.delete(
    snoozeUrl,
    {
      config: { access: ACCESS.settleWorkItems },
      schema: { tags, summary: 'Bring it back before its time', params, response },
    },
    async (request) => {
      const origin = auditOriginOf(request)
      const { workItemId } = request.params
      return change(identityOf(request), workItemId, (tx) => wakeWorkItem(tx, workItemId, origin))
    },
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

function actionsOf({ kind, state, snooze }: WorkItemView): WorkItemAction[] {
  if (state === 'resolved') return []
  const always: WorkItemAction[] = ['assign', 'snooze', ...(snooze === null ? [] : (['wake'] as const))]
  if (kind === 'awaiting_stock') return [...always, 'resolve', 'decide']
  if (kind === 'abnormal_order') return [...always, 'release']
  if (kind === 'wms_jump') return [...always, 'approve', 'dismiss']
  return isReplayable(kind) ? [...always, 'resolve', 'replay'] : [...always, 'resolve']
}
