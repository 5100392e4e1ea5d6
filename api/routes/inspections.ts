import type { FastifyRequest } from 'fastify'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  assignInspectionBody,
  cancelInspectionBody,
  type InspectionDetail,
  type InspectionResultBody,
  inspectionDetail,
  inspectionPage,
  inspectionParams,
  inspectionResultBody,
  listInspectionsQuery,
} from '../../contracts/inspections.ts'
import { toGcj02 } from '../../domain/datum.ts'
import type { PersonalData } from '../../store/contacts.ts'
import type { Db, Tx } from '../../store/database.ts'
import type { Identity } from '../../store/identity.ts'
import { listInspections, readInspection } from '../../store/inspection-queries.ts'
import { submitInspection } from '../../store/inspection-results.ts'
import { assignInspection, cancelInspection, type InspectionRow } from '../../store/inspections.ts'
import { ACCESS, identityOf, requirePerson } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import { maskContact, mayReadContact } from '../contact-view.ts'
import type { ApiDeps } from '../deps.ts'
import { requireInspection, viewerOf } from '../inspections-in-scope.ts'

const tags = ['inspections']
const params = inspectionParams
const response = { 200: inspectionDetail }
const url = '/v1/inspections/:inspectionId'

/** Orders that somebody goes to see. What a telephone sends may come twice, late and in pieces, and counts once. */
export const inspectionRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, keyRing } = deps

  const show = async (tx: Db | Tx, inspectionId: string, identity: Identity): Promise<InspectionDetail> => {
    const row = await requireInspection(tx, inspectionId, identity)
    const mayRead = mayReadContact(identity) || hasToGo(row, identity)
    const contact = (data: PersonalData) => (mayRead ? data : maskContact(data))
    return readInspection(tx, keyRing, row, { contact, places: mayRead })
  }

  app.get(
    '/v1/inspections',
    {
      config: { access: ACCESS.readInspections },
      schema: {
        tags,
        summary: 'Inspections of the orders of your stores, and those that you are sent to',
        querystring: listInspectionsQuery,
        response: { 200: inspectionPage },
      },
    },
    async (request) => listInspections(db, request.query, viewerOf(identityOf(request))),
  )

  app.get(
    url,
    {
      config: { access: ACCESS.readInspections },
      schema: { tags, summary: 'An inspection with its order, form, pictures and result', params, response },
    },
    async (request) => show(db, request.params.inspectionId, identityOf(request)),
  )

  // Without an Idempotency-Key, which would remember that a picture was missing: the result has an id of its own.
  app.put(
    `${url}/result`,
    {
      config: { access: ACCESS.carryOutInspections },
      schema: {
        tags,
        summary:
          'Send what was found, once its pictures are there; sent again under its id, it is the same one',
        params,
        body: inspectionResultBody,
        response,
      },
    },
    async (request) => {
      const { inspectionId } = request.params
      const identity = identityOf(request)
      const { userName } = requirePerson(identity)
      await requireInspection(db, inspectionId, identity)
      await db.transaction().execute((tx) =>
        submitInspection(tx, keyRing, {
          inspectionId,
          body: request.body,
          position: positionOf(request.body),
          userName,
          origin: auditOriginOf(request),
        }),
      )
      return show(db, inspectionId, identity)
    },
  )

  /** Carries out what a manager wants of an inspection that they may see. */
  const manage = (request: FastifyRequest, inspectionId: string, work: (tx: Tx) => Promise<void>) => {
    const identity = identityOf(request)
    return async (tx: Tx) => {
      await requireInspection(tx, inspectionId, identity)
      await work(tx)
      return { status: 200, body: await show(tx, inspectionId, identity) }
    }
  }

  app.post(
    `${url}/assignment`,
    {
      config: { access: ACCESS.runInspections, idempotent: true },
      schema: {
        tags,
        summary: 'Send somebody, or somebody else',
        params,
        body: assignInspectionBody,
        response,
      },
    },
    async (request, reply) => {
      const { inspectionId } = request.params
      const { assignee } = request.body
      const origin = auditOriginOf(request)
      const effect = manage(request, inspectionId, (tx) =>
        assignInspection(tx, { inspectionId, assignee, origin }),
      )
      return request.idempotent(reply, inspectionDetail, effect)
    },
  )

  app.post(
    `${url}/cancellation`,
    {
      config: { access: ACCESS.runInspections, idempotent: true },
      schema: {
        tags,
        summary: 'Nobody has to go there any more',
        params,
        body: cancelInspectionBody,
        response,
      },
    },
    async (request, reply) => {
      const { inspectionId } = request.params
      const { reason } = request.body
      const origin = auditOriginOf(request)
      const effect = manage(request, inspectionId, (tx) =>
        cancelInspection(tx, { inspectionId, reason, origin }),
      )
      return request.idempotent(reply, inspectionDetail, effect)
    },
  )
}

/** Whoever is sent to an address must know it, until they have been there. */
function hasToGo({ state, assignee }: InspectionRow, identity: Identity): boolean {
  return state === 'open' && identity.kind === 'person' && identity.userName === assignee
}

function positionOf({ position }: InspectionResultBody) {
  if (position === null) return null
  const { longitude, latitude, accuracyMetres, datum } = position
  const point = { longitude, latitude }
  return { point: datum === 'gcj02' ? point : toGcj02(point), accuracyMetres }
}
