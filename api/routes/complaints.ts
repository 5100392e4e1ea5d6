import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  complaintPage,
  complaintParams,
  complaintView,
  listComplaintsQuery,
  recordComplaintBody,
  withdrawComplaintBody,
} from '../../contracts/complaints.ts'
import { findComplaint, listComplaints, recordComplaint, withdrawComplaint } from '../../store/complaints.ts'
import { operatorOf, scopeOf } from '../../store/identity.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { requireOrder } from '../orders-in-scope.ts'

const tags = ['complaints']

/** What customers complain about: told by customer service, or by whoever reads the channels' refunds. */
export const complaintRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, clock } = deps

  app.post(
    '/v1/complaints',
    {
      config: { access: ACCESS.recordComplaints, idempotent: true },
      schema: {
        tags,
        summary: 'Record a complaint about an order',
        body: recordComplaintBody,
        response: { 201: complaintView },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      await requireOrder(db, request.body.orderId, identity)
      return request.idempotent(reply, complaintView, async (tx) => {
        const operator = operatorOf(identity)
        const complaintId = await recordComplaint(tx, request.body, { operator, now: clock.now() })
        return { status: 201, body: await findComplaint(tx, complaintId, scopeOf(identity)) }
      })
    },
  )

  app.get(
    '/v1/complaints',
    {
      config: { access: ACCESS.readComplaints },
      schema: {
        tags,
        summary: 'Complaints about the orders of your stores',
        querystring: listComplaintsQuery,
        response: { 200: complaintPage },
      },
    },
    async (request) => listComplaints(db, request.query, scopeOf(identityOf(request))),
  )

  app.post(
    '/v1/complaints/:complaintId/withdrawal',
    {
      config: { access: ACCESS.recordComplaints, idempotent: true },
      schema: {
        tags,
        summary: 'Take back a complaint that was entered by mistake',
        params: complaintParams,
        body: withdrawComplaintBody,
        response: { 200: complaintView },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const scope = scopeOf(identity)
      const { complaintId } = request.params
      return request.idempotent(reply, complaintView, async (tx) => {
        await withdrawComplaint(tx, complaintId, request.body.reason, {
          operator: operatorOf(identity),
          scope,
        })
        return { status: 200, body: await findComplaint(tx, complaintId, scope) }
      })
    },
  )
}
