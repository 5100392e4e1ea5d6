import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  apiKeyPage,
  apiKeyView,
  createApiKeyBody,
  listApiKeysQuery,
  newApiKeyView,
} from '../../contracts/accounts.ts'
import { listApiKeys, makeApiKey, revokeApiKey, rotateApiKey } from '../../store/api-keys.ts'
import { ACCESS } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['access']
const params = z.object({ keyId: z.uuid() })

/**
 * Keys by which other systems call. None of these takes an Idempotency-Key, because its answer would be kept, and with it the
 * secret: a key that was made twice is refused by its name, and a lost secret is rotated.
 */
export const apiKeyRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/api-keys',
    {
      config: { access: ACCESS.manageAccess },
      schema: {
        tags,
        summary: 'Keys of other systems, without their secrets',
        querystring: listApiKeysQuery,
        response: { 200: apiKeyPage },
      },
    },
    async (request) => listApiKeys(db, request.query),
  )

  app.post(
    '/v1/api-keys',
    {
      config: { access: ACCESS.manageAccess },
      schema: {
        tags,
        summary: 'Make a key; its secret is in this answer and nowhere else',
        body: createApiKeyBody,
        response: { 201: newApiKeyView },
      },
    },
    async (request, reply) => {
      const made = { keyId: deps.ids.next(), body: request.body, origin: auditOriginOf(request) }
      const key = await db.transaction().execute((tx) => makeApiKey(tx, made))
      return reply.status(201).header('cache-control', 'no-store').send(key)
    },
  )

  app.post(
    '/v1/api-keys/:keyId/rotation',
    {
      config: { access: ACCESS.manageAccess },
      schema: {
        tags,
        summary: 'Give a key a new secret; the old one is refused within seconds',
        params,
        response: { 200: newApiKeyView },
      },
    },
    async (request, reply) => {
      const change = { keyId: request.params.keyId, origin: auditOriginOf(request) }
      reply.header('cache-control', 'no-store')
      return db.transaction().execute((tx) => rotateApiKey(tx, change))
    },
  )

  app.post(
    '/v1/api-keys/:keyId/revocation',
    {
      config: { access: ACCESS.manageAccess },
      schema: {
        tags,
        summary: 'Revoke a key; it is refused within seconds, for good',
        params,
        response: { 200: apiKeyView },
      },
    },
    async (request) => {
      const change = { keyId: request.params.keyId, origin: auditOriginOf(request) }
      return db.transaction().execute((tx) => revokeApiKey(tx, change))
    },
  )
}
