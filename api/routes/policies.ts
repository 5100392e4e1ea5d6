import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { text } from '../../contracts/common.ts'
import { ProblemError } from '../../contracts/errors.ts'
import {
  POLICIES,
  POLICY_KINDS,
  type PolicyDocument,
  type PolicyKind,
} from '../../contracts/policies/index.ts'
import { operatorOf } from '../../store/identity.ts'
import { currentPolicy, publishPolicy } from '../../store/policy.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const params = z.object({ kind: z.enum(POLICY_KINDS) })
const policyView = z.object({
  kind: z.enum(POLICY_KINDS),
  /** 0 is the built-in document. */
  version: z.int(),
  document: z.record(z.string(), z.unknown()),
})
const publishBody = z.strictObject({ document: z.record(z.string(), z.unknown()), reason: text(200) })
const url = '/v1/policies/:kind'
const tags = ['policies']
/** A document of a thousand wrong lines is not answered with a thousand errors. */
const MAX_FIELDS = 50

/** Rules that people change while the hub runs. A new version holds for later decisions only. */
export const policyRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    url,
    {
      config: { access: ACCESS.readPolicies },
      schema: { tags, summary: 'The policy in force', params, response: { 200: policyView } },
    },
    async ({ params: { kind } }) => ({ kind, ...(await currentPolicy(deps.db, kind)) }),
  )

  app.put(
    url,
    {
      config: { access: ACCESS.publishPolicies },
      schema: {
        tags,
        summary: 'Publish a document at once, as the next version',
        params,
        body: publishBody,
        response: { 200: policyView },
      },
    },
    async (request) => {
      const { kind } = request.params
      const document = parseDocument(kind, request.body.document)
      const author = operatorOf(identityOf(request))
      const version = await publishPolicy(deps.db, { kind, document, author, reason: request.body.reason })
      deps.policies.expire()
      return { kind, version, document }
    },
  )
}

/** @throws ProblemError `invalid-request` that names every field which does not fit the kind */
function parseDocument<Kind extends PolicyKind>(kind: Kind, document: unknown): PolicyDocument<Kind> {
  const parsed = POLICIES[kind].schema.safeParse(document)
  if (parsed.success) return parsed.data
  const fields = parsed.error.issues
    .flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({ path: [...issue.path, key], message: 'is not a known field' }))
        : [{ path: issue.path, message: issue.message }],
    )
    .map(({ path, message }) => ({ field: ['document', ...path].join('.'), message }))
  throw new ProblemError('invalid-request', undefined, { fields: fields.slice(0, MAX_FIELDS) })
}
