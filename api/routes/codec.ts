import cors from '@fastify/cors'
import type { Payload } from '@temporalio/common'
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ProblemError } from '../../contracts/errors.ts'
import { ACCESS } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

/** Temporal's own limit for what one history event may carry. */
const BODY_BYTES = 4 * 1024 * 1024
const payload = z.object({
  metadata: z.record(z.string().max(100), z.base64()).nullish(),
  data: z.base64().nullish(),
})
const payloads = z.object({ payloads: z.array(payload).max(10_000) })

/**
 * Opens sealed payloads for Temporal Web, whose page sends the session's cookie along ("include credentials").
 * There is nothing that seals: a page has no business writing payloads.
 */
export const codecRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const trustedOrigin = deps.config.TEMPORAL_WEB_ORIGIN
  if (trustedOrigin !== undefined) {
    await app.register(cors, {
      origin: trustedOrigin,
      credentials: true,
      methods: ['POST'],
      allowedHeaders: ['content-type', 'x-namespace', 'authorization'],
      maxAge: 600,
    })
  }
  app.post(
    '/decode',
    {
      config: { access: ACCESS.decodePayloads, trustedOrigin },
      bodyLimit: BODY_BYTES,
      schema: {
        tags: ['system'],
        summary: 'Temporal’s codec endpoint',
        body: payloads,
        response: { 200: payloads },
      },
    },
    async (request) => {
      const sealed = request.body.payloads.map(toPayload)
      const opened = await deps.codec.decode(sealed).catch((error: unknown) => {
        request.log.warn({ err: error }, 'a payload could not be opened')
        const fields = [{ field: 'payloads', message: 'cannot be opened with the keys of this hub' }]
        throw new ProblemError('invalid-request', undefined, { fields })
      })
      return { payloads: opened.map(fromPayload) }
    },
  )
}

function toPayload({ metadata, data }: z.output<typeof payload>): Payload {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value, 'base64')]),
    ),
    data: Buffer.from(data ?? '', 'base64'),
  }
}

function fromPayload({ metadata, data }: Payload): z.output<typeof payload> {
  return {
    metadata: Object.fromEntries(
      Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
    ),
    data: Buffer.from(data ?? []).toString('base64'),
  }
}
