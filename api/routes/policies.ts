import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { LIMITS } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import { DRY_RUN_LIMITS, dryRunBody, dryRunReport } from '../../contracts/policies/dry-run.ts'
import { POLICIES, type PolicyKind } from '../../contracts/policies/index.ts'
import {
  draftBody,
  editDraftBody,
  listPolicyVersionsQuery,
  policyHistory,
  policyKindList,
  policyParams,
  policyVersionDetail,
  policyVersionParams,
  publishDraftBody,
  rollbackBody,
} from '../../contracts/policies/versions.ts'
import type { Tx } from '../../store/database.ts'
import { operatorOf } from '../../store/identity.ts'
import { dryRunPolicy } from '../../store/policy-dry-run.ts'
import {
  findPolicyVersion,
  findPublishedPolicy,
  listPolicyKinds,
  listPolicyVersions,
} from '../../store/policy-queries.ts'
import {
  createDraft,
  discardDraft,
  editDraft,
  parseDocument,
  publishDocument,
  publishDraft,
  readRetiredDocument,
} from '../../store/policy-versions.ts'
import { ACCESS, identityOf } from '../access.ts'
import { auditOriginOf } from '../audit-origin.ts'
import type { ApiDeps } from '../deps.ts'
import { channelsInPolicy, refuseUnknownChannels, refuseUnknownPlatforms } from '../known-channels.ts'

const tags = ['policies']
const url = '/v1/policies/:kind'
const draftUrl = `${url}/drafts/:version`
const read = { access: ACCESS.readPolicies }
const write = { access: ACCESS.publishPolicies }
const writeOnce = { ...write, idempotent: true }

/**
 * Rules that people change while the hub runs, in versions: draft, tried on past orders, published, rolled back. A new
 * version holds for decisions from now on; what was decided before keeps the version that it was decided with.
 */
export const policyRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps
  /** Before anything else walks through it: a document may be nested deeper than a stack is high. */
  const readDocument = (kind: PolicyKind, document: unknown) => {
    const parsed = parseDocument(kind, document)
    refuseUnknownChannels(deps.connectors, channelsInPolicy(kind, parsed))
    refuseUnknownPlatforms(deps.connectors, kind, parsed)
    return parsed
  }

  app.get(
    '/v1/policies',
    {
      config: read,
      schema: {
        tags,
        summary: 'The kinds of policy, and what is in force',
        response: { 200: policyKindList },
      },
    },
    async () => ({ items: await listPolicyKinds(db), nextCursor: null }),
  )

  app.get(
    url,
    {
      config: read,
      schema: {
        tags,
        summary: 'The policy in force and its history',
        params: policyParams,
        querystring: listPolicyVersionsQuery,
        response: { 200: policyHistory },
      },
    },
    async ({ params: { kind }, query }) => ({
      ...(await findPublishedPolicy(db, kind)),
      ...(await listPolicyVersions(db, kind, query)),
    }),
  )

  app.get(
    `${url}/schema`,
    {
      config: read,
      schema: {
        tags,
        summary: 'The JSON Schema of a document of this kind, for forms',
        params: policyParams,
        response: { 200: z.record(z.string(), z.unknown()) },
      },
    },
    async ({ params: { kind } }) => ({
      ...z.toJSONSchema(POLICIES[kind].schema, { io: 'input' }),
      title: POLICIES[kind].title.en,
    }),
  )

  app.get(
    `${url}/versions/:version`,
    {
      config: read,
      schema: {
        tags,
        summary: 'One version with its document; 0 is the built-in one',
        params: policyVersionParams,
        response: { 200: policyVersionDetail },
      },
    },
    async ({ params: { kind, version } }) => findPolicyVersion(db, kind, version),
  )

  app.put(
    url,
    {
      bodyLimit: LIMITS.policyBytes,
      config: write,
      schema: {
        tags,
        summary: 'Publish a document at once, without a draft',
        params: policyParams,
        body: draftBody,
        response: { 200: policyVersionDetail },
      },
    },
    async (request) => {
      const { kind } = request.params
      const document = readDocument(kind, request.body.document)
      const { actor: author, ...via } = auditOriginOf(request)
      const published = await db.transaction().execute(async (tx) => {
        const version = await publishDocument(tx, { ...request.body, document, kind, author, via })
        return findPolicyVersion(tx, kind, version)
      })
      deps.policies.expire()
      return published
    },
  )

  app.post(
    `${url}/drafts`,
    {
      bodyLimit: LIMITS.policyBytes,
      config: writeOnce,
      schema: {
        tags,
        summary: 'Begin a draft',
        params: policyParams,
        body: draftBody,
        response: { 201: policyVersionDetail },
      },
    },
    async (request, reply) => {
      const { kind } = request.params
      const { reason } = request.body
      const document = readDocument(kind, request.body.document)
      const author = operatorOf(identityOf(request))
      return request.idempotent(reply, policyVersionDetail, async (tx) => {
        const version = await createDraft(tx, { kind, document, author, reason })
        return { status: 201, body: await findPolicyVersion(tx, kind, version) }
      })
    },
  )

  app.put(
    draftUrl,
    {
      bodyLimit: LIMITS.policyBytes,
      config: write,
      schema: {
        tags,
        summary: 'Replace the document of a draft',
        params: policyVersionParams,
        body: editDraftBody,
        response: { 200: policyVersionDetail },
      },
    },
    async (request) => {
      const { kind, version } = request.params
      const document = readDocument(kind, request.body.document)
      const author = operatorOf(identityOf(request))
      return db.transaction().execute(async (tx) => {
        await editDraft(tx, { ...request.body, document, kind, version, author })
        return findPolicyVersion(tx, kind, version)
      })
    },
  )

  app.delete(
    draftUrl,
    {
      config: write,
      schema: {
        tags,
        summary: 'Give a draft up',
        params: policyVersionParams,
        response: { 200: policyVersionDetail },
      },
    },
    async ({ params }) =>
      db.transaction().execute(async (tx) => {
        await discardDraft(tx, params)
        return findPolicyVersion(tx, params.kind, params.version)
      }),
  )

  let dryRuns = 0
  app.post(
    `${draftUrl}/dry-run`,
    {
      config: write,
      schema: {
        tags,
        summary: 'Try a version on the past: what would have been different, page by page',
        params: policyVersionParams,
        body: dryRunBody,
        response: { 200: dryRunReport },
      },
    },
    async (request, reply) => {
      if (dryRuns >= DRY_RUN_LIMITS.atOnce) throw new ProblemError('overloaded')
      const hangUp = new AbortController()
      reply.raw.once('close', () => hangUp.abort())
      dryRuns += 1
      try {
        const { signal } = hangUp
        return await dryRunPolicy(db, { ...request.params, ...request.body, now: deps.clock.now(), signal })
      } finally {
        dryRuns -= 1
      }
    },
  )

  app.post(
    `${draftUrl}/publish`,
    {
      config: writeOnce,
      schema: {
        tags,
        summary: 'Put a draft in force, in every process within two seconds',
        params: policyVersionParams,
        body: publishDraftBody,
        response: { 200: policyVersionDetail },
      },
    },
    async (request, reply) => {
      const { kind, version } = request.params
      const { actor: publisher, ...via } = auditOriginOf(request)
      const { revision } = request.body
      const published = await request.idempotent(reply, policyVersionDetail, async (tx: Tx) => {
        await publishDraft(tx, { kind, version, revision, publisher, via })
        return { status: 200, body: await findPolicyVersion(tx, kind, version) }
      })
      deps.policies.expire()
      return published
    },
  )

  app.post(
    `${url}/rollback`,
    {
      config: writeOnce,
      schema: {
        tags,
        summary: 'Publish the document of an older version again, as the next version',
        params: policyParams,
        body: rollbackBody,
        response: { 200: policyVersionDetail },
      },
    },
    async (request, reply) => {
      const { kind } = request.params
      const { toVersion: rollbackOf, reason } = request.body
      const { actor: author, ...via } = auditOriginOf(request)
      const published = await request.idempotent(reply, policyVersionDetail, async (tx: Tx) => {
        const document = await readRetiredDocument(tx, kind, rollbackOf)
        const version = await publishDocument(tx, { kind, document, author, reason, rollbackOf, via })
        return { status: 200, body: await findPolicyVersion(tx, kind, version) }
      })
      deps.policies.expire()
      return published
    },
  )
}
