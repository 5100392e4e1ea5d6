import type { FastifyReply, FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { MEDIA_TYPES } from '../../connectors/spreadsheets/sheet.ts'
import { attachBody } from '../../contracts/attachments.ts'
import {
  type ChangeBody,
  type ChangeDetail,
  type ChangePreview,
  changeDetail,
  changePage,
  changeParams,
  decisionBody,
  exportChangesQuery,
  inboxCounts,
  inboxCountsQuery,
  inboxPage,
  inboxQuery,
  listChangesQuery,
  resubmitChangeBody,
  type SubmitChangeBody,
  submitChangeAnswer,
  submitChangeBody,
  submitChangeQuery,
  withdrawalBody,
} from '../../contracts/change-requests.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { explainRoute } from '../../domain/approval-route.ts'
import type { Change } from '../../domain/change.ts'
import { erpBookingOf } from '../../domain/change-erp.ts'
import { findDivision } from '../../domain/division.ts'
import { requireDrafts } from '../../store/attachments.ts'
import { type Applicant, previewRequest, previewStock } from '../../store/change-preview.ts'
import {
  contactsOfChange,
  countInbox,
  findChange,
  findChangeNumber,
  listChanges,
  listInbox,
} from '../../store/change-queries.ts'
import {
  applyChangeEvent,
  attachToChange,
  decideOnChange,
  type NamedAttachments,
  resubmitChange,
  submitChange,
} from '../../store/change-requests.ts'
import { openContact, sealContact } from '../../store/contacts.ts'
import type { Db, Tx } from '../../store/database.ts'
import { findStandings, storeAnswers } from '../../store/idempotency.ts'
import { type Identity, operatorOf, scopeOf } from '../../store/identity.ts'
import { ACCESS, callerOf, identityOf, requirePerson } from '../access.ts'
import { applicantOf, eventIdOf } from '../callers.ts'
import { changeOf } from '../change-body.ts'
import { maskContact, mayReadContact } from '../contact-view.ts'
import type { ApiDeps } from '../deps.ts'
import { replyWithExport } from '../export-reply.ts'
import { requireOrder } from '../orders-in-scope.ts'
import { refusalAnswer } from '../plugins/idempotency.ts'

const tags = ['change requests']
const params = changeParams
const response = { 200: changeDetail }
const url = '/v1/change-requests/:changeId'

/** The only way to change an order: ask, have it decided by whoever the policy names, and have it applied. */
export const changeRequestRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, keyRing } = deps

  app.post(
    '/v1/change-requests',
    {
      config: { access: ACCESS.requestChange, idempotent: true },
      schema: {
        tags,
        summary: 'Ask for a change of an order; with dryRun its full effect, and nothing happens',
        querystring: submitChangeQuery,
        body: submitChangeBody,
        response: { 200: submitChangeAnswer, 201: submitChangeAnswer },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { body } = request
      refuseUnknownDivision(body.change)
      await requireOrder(db, body.orderId, identity)
      const attachments = attachmentsNamed(deps, identity, body.attachmentIds)
      if (request.query.dryRun) {
        await requireDrafts(db, attachments)
        return preview(db, body, applicantOf(identity))
      }
      const answer = await request.idempotent(reply, changeDetail, async (tx) => {
        const changeId = deps.ids.next()
        const change = await keepContact(tx, deps, body.change)
        const applicant = applicantOf(identity)
        const eventId = eventIdOf(request)
        await submitChange(tx, { ...body, changeId, change, applicant, eventId, attachments })
        return { status: 201, body: await show(tx, deps, changeId, identity) }
      })
      deps.notice.poke()
      return answer
    },
  )

  app.get(
    '/v1/change-requests',
    {
      config: { access: ACCESS.readChanges },
      schema: {
        tags,
        summary: 'Change requests on the orders of your stores',
        querystring: listChangesQuery,
        response: { 200: changePage },
      },
    },
    async (request) => listChanges(db, request.query, scopeOf(identityOf(request))),
  )

  app.get(
    '/v1/change-requests/export',
    {
      config: { access: ACCESS.runExports },
      schema: {
        tags,
        summary: 'The same as CSV or XLSX, the oldest first, a row for each version of a request',
        produces: Object.values(MEDIA_TYPES),
        querystring: exportChangesQuery,
      },
    },
    async (request, reply) => {
      const { format, ...filters } = request.query
      const scope = scopeOf(identityOf(request))
      return replyWithExport(deps, request, reply, { kind: 'change-requests', format, filters, scope })
    },
  )

  app.get(
    '/v1/approval-inbox',
    {
      config: { access: ACCESS.decideChange, byLink: true },
      schema: {
        tags,
        summary: 'What waits for your decision',
        querystring: inboxQuery,
        response: { 200: inboxPage },
      },
    },
    async (request) => listInbox(db, request.query, requirePerson(identityOf(request)).userName),
  )

  app.get(
    '/v1/approval-inbox/counts',
    {
      config: { access: ACCESS.decideChange, byLink: true },
      schema: {
        tags,
        summary: 'How much waits for your decision',
        querystring: inboxCountsQuery,
        response: { 200: inboxCounts },
      },
    },
    async (request) => countInbox(db, request.query, requirePerson(identityOf(request)).userName),
  )

  app.get(
    url,
    {
      config: { access: ACCESS.readChanges, byLink: true },
      schema: { tags, summary: 'A change request with its route, decisions and events', params, response },
    },
    async (request) => show(db, deps, request.params.changeId, identityOf(request)),
  )

  app.post(
    `${url}/decisions`,
    {
      config: { access: ACCESS.decideChange, idempotent: true, byLink: true },
      schema: {
        tags,
        summary: 'Approve or reject the present step; the first decision counts',
        params,
        body: decisionBody,
        response,
      },
    },
    async (request, reply) => decide(deps, request, reply, request.params.changeId, request.body),
  )

  app.post(
    `${url}/withdrawal`,
    {
      config: { access: ACCESS.requestChange, idempotent: true },
      schema: { tags, summary: 'Take your own request back', params, body: withdrawalBody, response },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { changeId } = request.params
      await requireVisible(db, changeId, identity)
      const answer = await request.idempotent(reply, changeDetail, async (tx) => {
        const account = operatorOf(identity)
        const event = { type: 'withdrawn' as const, account, note: request.body.note }
        const eventId = eventIdOf(request)
        const result = await applyChangeEvent(tx, keyRing, { changeId, eventId, event, operator: account })
        if (!result.ok) throw refusalOf(result)
        return { status: 200, body: await show(tx, deps, changeId, identity) }
      })
      deps.notice.poke()
      return answer
    },
  )

  app.post(
    `${url}/attachments`,
    {
      config: { access: ACCESS.requestChange, idempotent: true },
      schema: {
        tags,
        summary: 'Add files to your request while it waits for its decision',
        params,
        body: attachBody,
        response,
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { changeId } = request.params
      await requireVisible(db, changeId, identity)
      return request.idempotent(reply, changeDetail, async (tx) => {
        const attachments = attachmentsNamed(deps, identity, request.body.attachmentIds)
        await attachToChange(tx, { changeId, applicant: applicantOf(identity), attachments })
        return { status: 200, body: await show(tx, deps, changeId, identity) }
      })
    },
  )

  const settle = async (
    request: FastifyRequest<{ Params: { changeId: string } }>,
    reply: FastifyReply,
    event: { type: 'retried' } | { type: 'abandoned'; note: string },
  ) => {
    const identity = identityOf(request)
    const { changeId } = request.params
    await requireVisible(db, changeId, identity)
    const answer = await request.idempotent(reply, changeDetail, async (tx) => {
      const operator = operatorOf(identity)
      const eventId = eventIdOf(request)
      const result = await applyChangeEvent(tx, keyRing, { changeId, eventId, event, operator })
      if (!result.ok) throw refusalOf(result)
      return { status: 200, body: await show(tx, deps, changeId, identity) }
    })
    deps.notice.poke()
    return answer
  }

  app.post(
    `${url}/retry`,
    {
      config: { access: ACCESS.settleFailedChange, idempotent: true },
      schema: {
        tags,
        summary: 'Try again what could not be applied, or not be taken back',
        params,
        response,
      },
    },
    async (request, reply) => settle(request, reply, { type: 'retried' }),
  )

  app.post(
    `${url}/abandonment`,
    {
      config: { access: ACCESS.settleFailedChange, idempotent: true },
      schema: {
        tags,
        summary: 'Give up a change that could not be applied; what was done of it is taken back first',
        params,
        body: withdrawalBody,
        response,
      },
    },
    async (request, reply) => settle(request, reply, { type: 'abandoned', note: request.body.note }),
  )

  app.post(
    `${url}/versions`,
    {
      config: { access: ACCESS.requestChange, idempotent: true },
      schema: {
        tags,
        summary: 'Ask again for your rejected request, changed; it is decided from the beginning',
        params,
        body: resubmitChangeBody,
        response: { 201: changeDetail },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const { changeId } = request.params
      refuseUnknownDivision(request.body.change)
      await requireVisible(db, changeId, identity)
      const answer = await request.idempotent(reply, changeDetail, async (tx) => {
        const change = await keepContact(tx, deps, request.body.change)
        const applicant = applicantOf(identity)
        await resubmitChange(tx, {
          ...request.body,
          changeId,
          change,
          applicant,
          eventId: eventIdOf(request),
          attachments: attachmentsNamed(deps, identity, request.body.attachmentIds),
        })
        return { status: 201, body: await show(tx, deps, changeId, identity) }
      })
      deps.notice.poke()
      return answer
    },
  )
}

/** Which of a caller's uploads are named, and how many a request may have. */
function attachmentsNamed(
  { config }: ApiDeps,
  identity: Identity,
  ids: readonly string[] = [],
): NamedAttachments {
  return { ids, owner: callerOf(identity), most: config.ATTACHMENTS_PER_REQUEST }
}

type Decision = {
  decision: 'approve' | 'reject'
  requestVersion: number
  stepNumber: number
  orderVersion: number
  note: string
}

/** A refused decision is recorded like one that counts: both commit, with the answer that was given. */
async function decide(
  deps: ApiDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  changeId: string,
  decision: Decision,
): Promise<ChangeDetail> {
  const identity = identityOf(request)
  const { db, keyRing } = deps
  await requireVisible(db, changeId, identity)
  const answer = await request.idempotentCall(reply, changeDetail, async (requestKey) => {
    const outcome = await db.transaction().execute(async (tx) => {
      const [standing] = await findStandings(tx, [requestKey])
      if (standing) return { standing }
      const decisionId = eventIdOf(request)
      const account = requirePerson(identity).userName
      const decided = { changeId, decisionId, account, via: 'console' as const, ...decision }
      const result = await decideOnChange(tx, keyRing, decided)
      if (!result.ok) {
        const problem = refusalOf(result)
        await storeAnswers(tx, [{ ...requestKey, ...refusalAnswer(problem) }])
        return { problem }
      }
      const body = await show(tx, deps, changeId, identity)
      await storeAnswers(tx, [{ ...requestKey, status: 200, response: body }])
      return { answer: { status: 200, body } }
    })
    if ('problem' in outcome) throw outcome.problem
    return outcome
  })
  deps.notice.poke()
  return answer
}

/** The refusal of a request's rows as a problem; who decided first is named. */
function refusalOf({
  code,
  detail,
  decidedBy,
}: Extract<Awaited<ReturnType<typeof decideOnChange>>, { ok: false }>) {
  return new ProblemError(code, detail, { extra: decidedBy ? { decidedBy } : {} })
}

async function preview(db: Db, body: SubmitChangeBody, applicant: Applicant): Promise<ChangePreview> {
  const { orderId, orderVersion } = body
  // A contact that nobody has written yet: only whether it can be is asked.
  const change = changeOf(body.change, '00000000-0000-0000-0000-000000000000')
  const previewed = await previewRequest(db, { orderId, change, applicant })
  const { order, effect, facts, route, policy, shipBy } = previewed
  if (order.version !== orderVersion) {
    const detail = `the order is at version ${order.version}, not ${orderVersion}`
    throw new ProblemError('change-order-changed', detail, { extra: { orderVersion: order.version } })
  }
  return {
    orderId,
    orderVersion,
    orderStatus: order.status,
    effect,
    concessionCents: facts.concessionCents,
    stock: await previewStock(db, previewed),
    erp: erpBookingOf(effect),
    route: {
      tier: route.tier,
      automatic: route.steps.length === 0,
      steps: route.steps,
      policyVersion: policy.version,
      explanation: explainRoute(facts, policy.document.tiers),
    },
    shipBy: shipBy?.toISOString() ?? null,
  }
}

/** Whoever the goods are to go to is sealed before anything names them. */
async function keepContact(tx: Tx, deps: ApiDeps, body: ChangeBody): Promise<Change> {
  const contactId = deps.ids.next()
  if (body.type === 'address') {
    const { name, phone, address, remark = '', divisionCode } = body.contact
    const sealed = sealContact(deps.keyRing, contactId, { name, phone, address, remark })
    await tx
      .insertInto('contact')
      .values({ id: contactId, ...sealed, division_code: divisionCode })
      .execute()
  }
  return changeOf(body, contactId)
}

function refuseUnknownDivision(body: ChangeBody): void {
  if (body.type !== 'address' || findDivision(body.contact.divisionCode)) return
  const fields = [{ field: 'change.contact.divisionCode', message: 'is no administrative division' }]
  throw new ProblemError('unknown-division', undefined, { fields })
}

async function requireVisible(db: Db, changeId: string, identity: Identity): Promise<void> {
  const found = await findChangeNumber(db, changeId, scopeOf(identity), accountOf(identity))
  if (!found) throw new ProblemError('change-request-not-found')
}

async function show(db: Db | Tx, deps: ApiDeps, changeId: string, identity: Identity): Promise<ChangeDetail> {
  const found = await findChange(db, changeId, scopeOf(identity), accountOf(identity))
  if (!found) throw new ProblemError('change-request-not-found')
  const contacts = found.type === 'address' ? await contactsOfChange(db, changeId) : null
  const view = (row: NonNullable<typeof contacts>['before']) => {
    const personal = row ? openContact(deps.keyRing, row) : null
    if (!row || !personal) return null
    const { name, phone, address, remark } = mayReadContact(identity) ? personal : maskContact(personal)
    return { contactId: row.id, name, phone, address, remark, divisionCode: row.division_code }
  }
  return {
    ...found,
    contact: contacts ? { before: view(contacts.before), after: view(contacts.after) } : null,
  }
}

function accountOf(identity: Identity): string | null {
  return identity.kind === 'person' ? identity.userName : null
}
