import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { ApiDeps } from '../deps.ts'

declare module 'fastify' {
  interface FastifyInstance {
    metricsRegistry: Registry
  }
}

/** Measures every request by route (never by path, which would make a series of every order) and status. */
export const metrics = fp(
  async (app: FastifyInstance, { deps }: { deps: ApiDeps }) => {
    const registry = new Registry()
    const registers = [registry]
    collectDefaultMetrics({ register: registry })
    const duration = new Histogram({
      name: 'hub_http_request_duration_seconds',
      help: 'Time to answer, by route and status',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    })
    const problems = new Counter({
      name: 'hub_http_problems_total',
      help: 'Answers that were problems, by code',
      labelNames: ['code'],
      registers,
    })
    const { poolUsage } = deps
    if (poolUsage) {
      new Gauge({
        name: 'hub_database_connections',
        help: 'Connections of the pool; waiting means callers without one',
        labelNames: ['state'],
        registers,
        collect() {
          for (const [state, count] of Object.entries(poolUsage())) this.set({ state }, count)
        },
      })
    }
    app.decorate('metricsRegistry', registry)
    app.addHook('onResponse', (request, reply, done) => {
      const route = request.routeOptions.url ?? 'unknown'
      const { method, problemCode } = request
      duration.observe({ method, route, status: reply.statusCode }, reply.elapsedTime / 1000)
      if (problemCode) problems.inc({ code: problemCode })
      done()
    })
  },
  { name: 'metrics' },
)
