import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { type FastifyBaseLogger, type FastifyInstance, fastify, LogController } from 'fastify'
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { LIMITS } from '../contracts/common.ts'
import { ProblemError, problemBody } from '../contracts/errors.ts'
import { callerOf } from './access.ts'
import type { ApiDeps } from './deps.ts'
import { auth } from './plugins/auth.ts'
import { parseJsonBodies } from './plugins/body-parsers.ts'
import { compression } from './plugins/compression.ts'
import { consoleFiles, consolePages } from './plugins/console-files.ts'
import { draining } from './plugins/draining.ts'
import { idempotency } from './plugins/idempotency.ts'
import { limits, loadShedding, securityHeaders } from './plugins/limits.ts'
import { metrics } from './plugins/metrics.ts'
import { openapiDocument, openapiPage } from './plugins/openapi.ts'
import { notFound, problems, sendProblem } from './plugins/problem-details.ts'
import { sessions } from './plugins/session.ts'
import { tracing } from './plugins/tracing.ts'
import { abnormalOrderRoutes } from './routes/abnormal-orders.ts'
import { accountRoutes } from './routes/accounts.ts'
import { apiKeyRoutes } from './routes/api-keys.ts'
import { approverRoutes } from './routes/approvers.ts'
import { attachmentRoutes } from './routes/attachments.ts'
import { auditRoutes } from './routes/audit.ts'
import { cancellationRoutes } from './routes/cancellation.ts'
import { changeReportRoutes } from './routes/change-reports.ts'
import { changeRequestRoutes } from './routes/change-requests.ts'
import { channelOrderRoutes } from './routes/channel-orders.ts'
import { codecRoutes } from './routes/codec.ts'
import { complaintRoutes } from './routes/complaints.ts'
import { consoleRoutes } from './routes/console.ts'
import { courierPushRoutes } from './routes/courier-pushes.ts'
import { courierRoutes } from './routes/couriers.ts'
import { customerRoutes } from './routes/customers.ts'
import { dataFlowRoutes } from './routes/data-flow.ts'
import { eventRoutes } from './routes/events.ts'
import { exportRoutes } from './routes/exports.ts'
import { healthScoreRoutes } from './routes/health-score.ts'
import { inspectionPhotoRoutes } from './routes/inspection-photos.ts'
import { inspectionRoutes } from './routes/inspections.ts'
import { listingRoutes } from './routes/listings.ts'
import { masterDataRoutes } from './routes/master-data.ts'
import { notificationReportRoutes } from './routes/notification-reports.ts'
import { notificationRoutes } from './routes/notifications.ts'
import { oidcRoutes } from './routes/oidc.ts'
import { operationLogRoutes } from './routes/operation-log.ts'
import { orderRoutes } from './routes/orders.ts'
import { paymentRoutes } from './routes/payments.ts'
import { pickTaskRoutes } from './routes/pick-tasks.ts'
import { policyRoutes } from './routes/policies.ts'
import { presaleRoutes } from './routes/presales.ts'
import { promotionRoutes } from './routes/promotions.ts'
import { purchaseRoutes } from './routes/purchases.ts'
import { reconciliationRoutes } from './routes/reconciliation.ts'
import { replenishmentRoutes } from './routes/replenishment.ts'
import { reportRoutes } from './routes/reports.ts'
import { returnRoutes } from './routes/returns.ts'
import { savedViewRoutes } from './routes/saved-views.ts'
import { secondFactorRoutes } from './routes/second-factor.ts'
import { sessionRoutes } from './routes/session.ts'
import { settlementRoutes } from './routes/settlements.ts'
import { shipmentRoutes } from './routes/shipments.ts'
import { shopLogRoutes } from './routes/shop-logs.ts'
import { shopRoutes } from './routes/shops.ts'
import { skuMappingRoutes } from './routes/sku-mappings.ts'
import { stockRoutes } from './routes/stock.ts'
import { stockBoardRoutes } from './routes/stock-board.ts'
import { stockCountRoutes } from './routes/stock-counts.ts'
import { stockEventRoutes } from './routes/stock-events.ts'
import { stockHistoryRoutes } from './routes/stock-history.ts'
import { subscriptionRoutes } from './routes/subscriptions.ts'
import { systemRoutes } from './routes/system.ts'
import { transferRoutes } from './routes/transfers.ts'
import { webhookRoutes } from './routes/webhooks.ts'
import { wecomCallbackRoutes } from './routes/wecom-callbacks.ts'
import { wecomMemberRoutes } from './routes/wecom-members.ts'
import { wmsRoutes } from './routes/wms.ts'
import { workItemRoutes } from './routes/work-items.ts'

/** A request must have arrived within this time: a sender that drips bytes holds a socket no longer. */
const REQUEST_MS = 30_000
/** How often that is looked at; Node's own half a minute would double it. */
const REQUEST_CHECK_MS = 5_000
/** Nothing in either direction for so long ends a connection; the event stream's heartbeat is shorter. */
const IDLE_SOCKET_MS = 60_000
/** Longer than the usual load balancer's, so that it and not we end an idle connection. */
const KEEP_ALIVE_MS = 72_000
const HEADER_BYTES = 16 * 1024

/** What Node refuses before there is a request, where it is more than bad syntax. */
const CLIENT_ERRORS: Record<string, string> = {
  ERR_HTTP_REQUEST_TIMEOUT: `the request did not arrive within ${REQUEST_MS / 1000} s`,
  HPE_HEADER_OVERFLOW: `the headers are larger than ${HEADER_BYTES / 1024} kB`,
}

/** The HTTP API, ready to listen or to be asked by `inject`. */
export async function buildServer(deps: ApiDeps): Promise<FastifyInstance> {
  const loggerInstance: FastifyBaseLogger = deps.logger
  const app: FastifyInstance = fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    genReqId: (request: IncomingMessage) => requestIdOf(request) ?? randomUUID(),
    bodyLimit: LIMITS.bodyBytes,
    requestTimeout: REQUEST_MS,
    connectionTimeout: IDLE_SOCKET_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    trustProxy: deps.config.TRUST_PROXY,
    routerOptions: { maxParamLength: 200 },
    http: {
      maxHeaderSize: HEADER_BYTES,
      connectionsCheckingInterval: REQUEST_CHECK_MS,
      // Also here: set on the server later, as Fastify does, Node minds it for the headers only.
      requestTimeout: REQUEST_MS,
      headersTimeout: REQUEST_MS,
    },
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, request, reply)
    },
    clientErrorHandler: ({ code }, socket) => {
      const problem = new ProblemError('invalid-request', CLIENT_ERRORS[code] ?? 'this is not valid HTTP')
      const body = JSON.stringify(problemBody(problem, ''))
      if (!socket.writable) return socket.destroy()
      socket.end(
        `HTTP/1.1 400 Bad Request\r\nContent-Type: application/problem+json\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
      )
    },
  })
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('problemCode', null)
  parseJsonBodies(app)
  answerWithRequestId(app)
  logRequests(app)
  await app.register(draining)
  await app.register(problems)
  await app.register(tracing)
  await app.register(metrics, { deps })
  await app.register(loadShedding, { deps })
  await app.register(openapiDocument)
  for (const plugin of PUSH_ROUTES) await app.register(plugin, { deps })
  await app.register(async (pages: FastifyInstance) => {
    await pages.register(securityHeaders, { deps })
    await pages.register(consoleFiles, { deps })
    await pages.register(async (scope: FastifyInstance) => registerCallers(scope, deps))
  })
  await app.ready()
  return app
}

/**
 * What platforms and couriers push is let in by its signature, in storms. It knows no session, page or rate limit, and
 * looking for them at every push costs several times what all the rest of it does: those live beside it, in a scope.
 */
const PUSH_ROUTES = [webhookRoutes, courierPushRoutes, notificationReportRoutes]

/** The routes of people and systems, with whatever makes a caller known and a page safe. */
async function registerCallers(app: FastifyInstance, deps: ApiDeps): Promise<void> {
  await app.register(notFound)
  await app.register(sessions, { deps })
  await app.register(auth, { deps })
  await app.register(limits, { deps })
  await app.register(idempotency, { deps })
  await app.register(compression)
  await app.register(openapiPage)
  const routes = app.withTypeProvider<ZodTypeProvider>()
  for (const plugin of ROUTES) await routes.register(plugin, { deps })
  // Under a prefix, so that the answers to preflights, which CORS registers by wildcard, stay with it.
  await routes.register(codecRoutes, { prefix: '/codec', deps })
  await app.register(consolePages, { deps })
}

const ROUTES = [
  sessionRoutes,
  oidcRoutes,
  secondFactorRoutes,
  savedViewRoutes,
  accountRoutes,
  apiKeyRoutes,
  orderRoutes,
  operationLogRoutes,
  auditRoutes,
  exportRoutes,
  paymentRoutes,
  cancellationRoutes,
  returnRoutes,
  pickTaskRoutes,
  shipmentRoutes,
  stockRoutes,
  presaleRoutes,
  promotionRoutes,
  stockBoardRoutes,
  stockCountRoutes,
  stockEventRoutes,
  stockHistoryRoutes,
  channelOrderRoutes,
  listingRoutes,
  reportRoutes,
  changeReportRoutes,
  complaintRoutes,
  customerRoutes,
  healthScoreRoutes,
  reconciliationRoutes,
  settlementRoutes,
  replenishmentRoutes,
  purchaseRoutes,
  dataFlowRoutes,
  masterDataRoutes,
  shopRoutes,
  shopLogRoutes,
  courierRoutes,
  skuMappingRoutes,
  transferRoutes,
  changeRequestRoutes,
  attachmentRoutes,
  inspectionRoutes,
  inspectionPhotoRoutes,
  approverRoutes,
  abnormalOrderRoutes,
  workItemRoutes,
  wmsRoutes,
  notificationRoutes,
  wecomMemberRoutes,
  wecomCallbackRoutes,
  policyRoutes,
  eventRoutes,
  subscriptionRoutes,
  consoleRoutes,
  systemRoutes,
]

/** A caller's own request id, if it can do no harm in a log. */
function requestIdOf(request: IncomingMessage): string | null {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : null
}

function answerWithRequestId(app: FastifyInstance): void {
  app.addHook('onRequest', (request, reply, done) => {
    reply.header('x-request-id', request.id)
    done()
  })
}

/** One line per request: the route's pattern and who called, never a query, a body or an address. */
function logRequests(app: FastifyInstance): void {
  app.addHook('onResponse', (request, reply, done) => {
    request.log.info(
      {
        method: request.method,
        route: request.routeOptions.url ?? 'unknown',
        status: reply.statusCode,
        milliseconds: Math.round(reply.elapsedTime),
        caller: request.identity ? callerOf(request.identity) : null,
        ...(request.problemCode ? { problem: request.problemCode } : {}),
        ...(request.traceParent ? { traceParent: request.traceParent } : {}),
      },
      'request',
    )
    done()
  })
}
