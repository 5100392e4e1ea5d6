import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { ACCESS } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const consoleView = z.object({
  temporalWeb: z
    .object({ origin: z.string(), namespace: z.string() })
    .nullable()
    .describe('where workflows can be looked at; null: the installation does not say'),
})

/** What the console cannot know from its files, which are the same everywhere. */
export const consoleRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { TEMPORAL_WEB_ORIGIN: origin, TEMPORAL_NAMESPACE: namespace } = deps.config

  app.get(
    '/v1/console',
    {
      config: { access: ACCESS.useConsole },
      schema: {
        tags: ['console'],
        summary: 'Where other pages of this installation are',
        response: { 200: consoleView },
      },
    },
    async () => ({ temporalWeb: origin === undefined ? null : { origin, namespace } }),
  )
}
