import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import {
  dataFlowView,
  flowEdgeDetail,
  flowEdgeParams,
  flowEdgeQuery,
  flowIncidentPage,
  listFlowIncidentsQuery,
} from '../../contracts/data-flow.ts'
import { listFlowIncidents } from '../../store/flow-incidents.ts'
import { currentFlowRound, readDataFlow, readFlowEdge } from '../../store/flow-queries.ts'
import { ACCESS, callerOf, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'
import { EventStreams } from '../event-stream.ts'
import { FlowFeed, type FlowSubscriber } from '../flow-feed.ts'

const tags = ['data flow']
const config = { access: ACCESS.readReports }
/** A map of thousands of edges is some megabytes, and is told whole. */
const MOST_UNREAD_BYTES = 16 * 1024 * 1024

/** What flows between the systems, where it is broken, and since when: figures of the whole business. */
export const dataFlowRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, clock } = deps
  const feed = new FlowFeed(
    { round: () => currentFlowRound(db), read: () => readDataFlow(db, clock.now()) },
    (error) => app.log.warn({ err: error }, 'the data-flow map could not be read'),
  )
  const streams = new EventStreams({ maxUnreadBytes: MOST_UNREAD_BYTES, ...deps.eventStreamLimits })
  app.addHook('preClose', async () => {
    feed.close()
    streams.close()
  })

  app.get(
    '/v1/data-flow',
    {
      config,
      schema: {
        tags,
        summary:
          'The map: systems, flows with live figures, break points (the worst first), and the three steps',
        querystring: z.strictObject({}),
        response: { 200: dataFlowView },
      },
    },
    async () => readDataFlow(db, clock.now()),
  )

  app.get(
    '/v1/data-flow/edges/:edgeId',
    {
      config,
      schema: {
        tags,
        summary:
          'One flow: its last minutes, what is done by hand, its break points, logs, retries and runbook',
        params: flowEdgeParams,
        querystring: flowEdgeQuery,
        response: { 200: flowEdgeDetail },
      },
    },
    async (request) =>
      readFlowEdge(db, request.params.edgeId, { minutes: request.query.minutes, now: clock.now() }),
  )

  app.get(
    '/v1/data-flow/incidents',
    {
      config,
      schema: {
        tags,
        summary: 'When flows were broken: since when, until when, and the worst that it came to',
        querystring: listFlowIncidentsQuery,
        response: { 200: flowIncidentPage },
      },
    },
    async (request) => listFlowIncidents(db, request.query),
  )

  app.get(
    '/v1/data-flow/events',
    {
      config,
      schema: {
        tags: ['events'],
        summary: 'Server-sent: the whole map at once, then again after every look at the flows',
        querystring: z.strictObject({}),
      },
    },
    async (request, reply) => {
      const stream = streams.begin(reply, callerOf(identityOf(request)), {
        heartbeat: () => ':\n\n',
        onClose: () => feed.leave(subscriber),
      })
      const subscriber: FlowSubscriber = {
        isOpen: stream.isOpen,
        send: (map) => stream.push(`event: map\ndata: ${JSON.stringify(map)}\n\n`),
      }
      feed.follow(subscriber).catch((error: unknown) => {
        request.log.warn({ err: error }, 'a stream of the data-flow map ended')
        stream.destroy()
      })
      return reply.send(stream.body)
    },
  )
}
