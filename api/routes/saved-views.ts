import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  listSavedViewsQuery,
  savedViewBody,
  savedViewPage,
  savedViewView,
} from '../../contracts/saved-views.ts'
import { listSavedViews, removeView, saveView } from '../../store/saved-views.ts'
import { ACCESS, identityOf, requirePerson } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['console']
const config = { access: ACCESS.useConsole }

/** Screens of the console with their filters, under a name: for whoever saved them, or for everybody. */
export const savedViewRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db } = deps

  app.get(
    '/v1/saved-views',
    {
      config,
      schema: {
        tags,
        summary: 'Views of a screen: your own, and what others share',
        querystring: listSavedViewsQuery,
        response: { 200: savedViewPage },
      },
    },
    async (request) => listSavedViews(db, request.query, requirePerson(identityOf(request)).accountId),
  )

  app.post(
    '/v1/saved-views',
    {
      config,
      schema: {
        tags,
        summary:
          'Save a screen with its filters; shared, everybody finds it, and sees by it what they may see',
        body: savedViewBody,
        response: { 201: savedViewView },
      },
    },
    async (request, reply) => {
      const { accountId } = requirePerson(identityOf(request))
      const saved = { viewId: deps.ids.next(), accountId, body: request.body }
      return reply.status(201).send(await db.transaction().execute((tx) => saveView(tx, saved)))
    },
  )

  app.delete(
    '/v1/saved-views/:viewId',
    {
      config,
      schema: {
        tags,
        summary: 'Remove a view of yours; an admin removes any that is shared',
        params: z.object({ viewId: z.uuid() }),
        response: { 204: z.void() },
      },
    },
    async (request, reply) => {
      const { accountId, role } = requirePerson(identityOf(request))
      await removeView(db, { viewId: request.params.viewId, accountId, anybody: role === 'admin' })
      return reply.status(204).send()
    },
  )
}
