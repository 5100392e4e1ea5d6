import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  accountPage,
  accountView,
  changeAccountBody,
  changePasswordBody,
  createAccountBody,
  listAccountsQuery,
} from '../../contracts/accounts.ts'
import { userName } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import {
  changeAccount,
  changeOwnPassword,
  createAccount,
  listAccounts,
  showAccount,
} from '../../store/accounts.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { hashPassword } from '../../store/identity.ts'
import { ACCESS, identityOf, requirePerson } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'
import { requirePassword } from '../own-password.ts'

const tags = ['access']
const params = z.object({ userName })
const PASSWORDS_PER_MINUTE = 10

/** People who sign in: what each may do, and of which stores. */
export const accountRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, clock } = deps

  app.get(
    '/v1/accounts',
    {
      config: { access: ACCESS.manageAccess },
      schema: {
        tags,
        summary: 'People with their roles and stores',
        querystring: listAccountsQuery,
        response: { 200: accountPage },
      },
    },
    async (request) => listAccounts(db, request.query, clock.now()),
  )

  app.post(
    '/v1/accounts',
    {
      config: { access: ACCESS.manageAccess },
      schema: {
        tags,
        summary: 'Let somebody sign in, with a first password',
        body: createAccountBody,
        response: { 201: accountView },
      },
    },
    async (request, reply) => {
      const { body } = request
      // A platform is written down by its code.
      if (body.userName === SYSTEM_ORIGIN.actor || Object.hasOwn(deps.connectors, body.userName))
        throw takenForAnother()
      const accountId = deps.ids.next()
      const passwordHash = await hashPassword(body.password)
      const origin = auditOriginOf(request)
      await db.transaction().execute((tx) => createAccount(tx, { accountId, body, passwordHash, origin }))
      return reply.status(201).send(await showAccount(db, body.userName, clock.now()))
    },
  )

  app.patch(
    '/v1/accounts/:userName',
    {
      config: { access: ACCESS.manageAccess },
      schema: {
        tags,
        summary: 'Change what somebody may do, unlock them, or set them a new password',
        params,
        body: changeAccountBody,
        response: { 200: accountView },
      },
    },
    async (request) => {
      const { body } = request
      const { userName: name } = request.params
      const by = { byAccountId: requirePerson(identityOf(request)).accountId, origin: auditOriginOf(request) }
      const passwordHash = body.password === undefined ? null : await hashPassword(body.password)
      await db.transaction().execute((tx) => changeAccount(tx, { userName: name, body, passwordHash, ...by }))
      return showAccount(db, name, clock.now())
    },
  )

  app.post(
    '/v1/session/password',
    {
      config: {
        access: ACCESS.useConsole,
        beforePasswordChange: true,
        rateLimit: { max: PASSWORDS_PER_MINUTE, timeWindow: 60_000 },
      },
      schema: {
        tags: ['session'],
        summary: 'Change your own password; every session of yours ends, this one included',
        body: changePasswordBody,
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const person = requirePerson(identityOf(request))
      await requirePassword(deps, { userName: person.userName, requestId: request.id }, request.body.current)
      const passwordHash = await hashPassword(request.body.password)
      const origin = auditOriginOf(request)
      await db
        .transaction()
        .execute((tx) => changeOwnPassword(tx, { accountId: person.accountId, passwordHash, origin }))
      await request.session.destroy()
      return reply.status(204).send()
    },
  )
}

/** Whoever reads who did something must not take a person for the hub or for a platform. */
function takenForAnother(): ProblemError {
  const message = 'must not be the name of a platform or of the hub itself'
  return new ProblemError('invalid-request', undefined, { fields: [{ field: 'userName', message }] })
}
