import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import {
  accountContactBody,
  accountContactView,
  accountParams,
  delegationBody,
  delegationPage,
  delegationParams,
  delegationView,
  listDelegationsQuery,
} from '../../contracts/change-requests.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { delegate, endDelegation, listDelegations } from '../../store/change-delegations.ts'
import { rememberAsCustomer } from '../../store/change-people.ts'
import { ACCESS, identityOf, requirePerson } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['change requests']

/**
 * Who decides for whom while they are away: a person delegates for themselves, and it always ends. And who people are as
 * customers, so that nobody decides on an order of their own.
 */
export const approverRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.post(
    '/v1/approval-delegations',
    {
      config: { access: ACCESS.decideChange, idempotent: true },
      schema: {
        tags,
        summary: 'Have somebody decide for you while you are away',
        body: delegationBody,
        response: { 201: delegationView },
      },
    },
    async (request, reply) => {
      const principal = requirePerson(identityOf(request)).userName
      const answer = await request.idempotent(reply, delegationView, async (tx) => ({
        status: 201,
        body: await delegate(tx, deps.keyRing, { ...request.body, principal }),
      }))
      deps.notice.poke()
      return answer
    },
  )

  app.get(
    '/v1/approval-delegations',
    {
      config: { access: ACCESS.readChanges },
      schema: {
        tags,
        summary: 'Who stands in for whom, now and before',
        querystring: listDelegationsQuery,
        response: { 200: delegationPage },
      },
    },
    async (request) => listDelegations(deps.db, request.query),
  )

  app.post(
    '/v1/approval-delegations/:delegationId/end',
    {
      config: { access: ACCESS.decideChange, idempotent: true },
      schema: {
        tags,
        summary: 'End your delegation before its time; an admin ends anybody’s',
        params: delegationParams,
        response: { 200: delegationView },
      },
    },
    async (request, reply) => {
      const identity = identityOf(request)
      const operator = requirePerson(identity).userName
      const { delegationId } = request.params
      const isAdmin = identity.kind === 'person' && identity.role === 'admin'
      const answer = await request.idempotent(reply, delegationView, async (tx) => ({
        status: 200,
        body: await endDelegation(tx, deps.keyRing, {
          delegationId,
          principal: isAdmin ? null : operator,
          operator,
        }),
      }))
      deps.notice.poke()
      return answer
    },
  )

  app.put(
    '/v1/accounts/:userName/contact',
    {
      config: { access: ACCESS.knowAccounts },
      schema: {
        tags,
        summary: 'Say who a colleague is as a customer: they never decide on orders that go to them',
        params: accountParams,
        body: accountContactBody,
        response: { 200: accountContactView },
      },
    },
    async (request) => {
      const { userName } = request.params
      const known = await deps.db
        .transaction()
        .execute((tx) => rememberAsCustomer(tx, deps.keyRing, { userName, ...request.body }))
      if (!known) throw new ProblemError('not-found')
      return { userName, contactId: known }
    },
  )
}
