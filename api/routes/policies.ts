import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { text } from '../../contracts/common.ts'
import { orderLifePolicy } from '../../contracts/facts.ts'
import { operatorOf } from '../../store/identity.ts'
import { currentPolicy, publishPolicy } from '../../store/policy.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const policyView = z.object({
  kind: z.literal('order-life'),
  /** 0 is the built-in document. */
  version: z.int(),
  document: orderLifePolicy,
})
const publishBody = z.strictObject({ document: orderLifePolicy, reason: text(200) })
const url = '/v1/policies/order-life'
const tags = ['policies']
const kind = 'order-life' as const

/** The deadlines of an order's life. They are fixed when an order is placed: a new version changes later orders only. */
export const policyRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  app.get(
    url,
    {
      config: { access: ACCESS.readPolicies },
      schema: { tags, summary: 'The deadlines of new orders', response: { 200: policyView } },
    },
    async () => ({ kind, ...(await currentPolicy(deps.db, kind)) }),
  )

  app.put(
    url,
    {
      config: { access: ACCESS.publishPolicies },
      schema: {
        tags,
        summary: 'Publish the next version',
        body: publishBody,
        response: { 200: policyView },
      },
    },
    async (request) => {
      const { document, reason } = request.body
      const author = operatorOf(identityOf(request))
      const version = await publishPolicy(deps.db, { kind, document, author, reason })
      return { kind, version, document }
    },
  )
}
