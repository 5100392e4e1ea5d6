import { createServer, type Server } from 'node:http'
import { collectDefaultMetrics, Registry } from 'prom-client'

export type HealthServer = { registry: Registry; close: () => Promise<void> }

/** `/healthz`, `/readyz` and `/metrics` of a process without an API. Bound to loopback unless configured otherwise. */
export async function startHealthServer(options: {
  host: string
  port: number
  isReady: () => boolean
}): Promise<HealthServer> {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  const server = createServer(async (request, response) => {
    if (request.url === '/metrics') {
      response.writeHead(200, { 'content-type': registry.contentType }).end(await registry.metrics())
    } else if (request.url === '/healthz') response.writeHead(200).end('ok')
    else if (request.url === '/readyz') response.writeHead(options.isReady() ? 200 : 503).end()
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return { registry, close: () => closeServer(server) }
}

function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}
