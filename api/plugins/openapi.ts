import swagger, { type FastifyDynamicSwaggerOptions } from '@fastify/swagger'
import swaggerUi from '@fastify/swagger-ui'
import type { FastifyInstance } from 'fastify'
import fp from 'fastify-plugin'
import { jsonSchemaTransform } from 'fastify-type-provider-zod'
import { ERRORS } from '../../contracts/errors.ts'
import type { Access } from '../access.ts'

const INTRODUCTION = `Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`, both languages and what to do.

Amounts are integer cents, times RFC 3339, ids strings. Lists answer \`{items, nextCursor}\`; pass \`cursor\` on with the
same filters. Operations with an \`Idempotency-Key\` header: the same key and body gets the first answer again.

Systems authenticate with \`Authorization: Bearer <API key>\`. People sign in at \`POST /v1/session\`; with the session's
cookie send the header \`x-order-hub: 1\` on everything that changes something (this page need not).`

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Its body is a form with one file, which no schema describes. */
    takesFile?: boolean
  }
}

/** The groups of the page, in the order in which a newcomer meets them. */
const TAGS = [
  { name: 'session', description: 'Signing in and out, for people' },
  { name: 'orders', description: 'Checkout, status, operation log, cancellation · 订单' },
  { name: 'payments', description: 'What buyers paid · 支付' },
  { name: 'pick tasks', description: 'Picking and packing, as the PDAs report it · 拣货任务' },
  { name: 'shipments', description: 'Parcels and their tracking · 物流' },
  { name: 'returns', description: 'From the request to the refund · 退货退款' },
  { name: 'work items', description: 'What a person has to settle · 待办' },
  { name: 'stock', description: 'Units per article and warehouse · 库存' },
  { name: 'reports', description: 'Figures over a period · 报表' },
  { name: 'reconciliation', description: 'The hub compared with those around it, and what differs · 对账' },
  { name: 'data flow', description: 'What flows between the systems, and where it is broken · 数据流' },
  { name: 'skus', description: 'Master data: articles' },
  { name: 'warehouses', description: 'Master data: warehouses' },
  { name: 'stores', description: 'Master data: stores' },
  {
    name: 'policies',
    description: 'Rules and deadlines that people change while the hub runs, in versions · 策略',
  },
  { name: 'audit', description: 'Who did what, in a chain that shows every change · 审计' },
  { name: 'exports', description: 'Files made in the background · 导出' },
  { name: 'customers', description: 'Customers over channels, segments, merging and erasure · 客户' },
  { name: 'notifications', description: 'What customers are told · 客户通知' },
  { name: 'events', description: 'What happens, as a stream' },
  { name: 'webhooks', description: 'What platforms and couriers push, signed as each of them does · 推送' },
  { name: 'console', description: 'What the web console asks about its installation' },
  { name: 'system', description: 'For operating the hub' },
]

const idempotencyKey = {
  type: 'string',
  minLength: 1,
  maxLength: 128,
  description: 'Chosen by the caller, new for every operation: a repetition with it does nothing again.',
}

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'instance', 'code'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    titleZh: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    todo: { type: 'string', description: 'what the caller can do about it' },
    instance: { type: 'string' },
    code: { type: 'string', enum: Object.keys(ERRORS) },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        required: ['field', 'message'],
        properties: { field: { type: 'string' }, message: { type: 'string' } },
      },
    },
  },
}

/** OpenAPI 3.1 from the schemas that validate the requests. Register before the routes: it hears of those that follow. */
export const openapiDocument = fp(
  async (app: FastifyInstance) => {
    await app.register(swagger, {
      openapi: {
        openapi: '3.1.0',
        info: { title: 'Order Hub 订单中台', version: 'v1', description: INTRODUCTION },
        tags: TAGS,
        components: {
          securitySchemes: {
            apiKey: { type: 'http', scheme: 'bearer' },
            session: { type: 'apiKey', in: 'cookie', name: 'order_hub_session' },
          },
        },
      },
      transform: describe,
    })
  },
  { name: 'openapi-document' },
)

/** A page to read the document that asks nobody outside. */
export const openapiPage = fp(
  async (app: FastifyInstance) => {
    await app.register(swaggerUi, {
      routePrefix: '/docs',
      indexPrefix: '',
      // The validator would send the document to a foreign server.
      uiConfig: { validatorUrl: null, docExpansion: 'list', deepLinking: true, layout: 'BaseLayout' },
      staticCSP: {
        'default-src': "'self'",
        'base-uri': "'none'",
        'img-src': "'self' data:",
        'object-src': "'none'",
        'script-src': "'self'",
        'style-src': "'self' 'unsafe-inline'",
        'frame-ancestors': "'none'",
      },
    })
  },
  { name: 'openapi-page', dependencies: ['openapi-document'] },
)

/** Adds to each operation what its route's configuration says: who may call it, and how it fails. */
const describe: NonNullable<FastifyDynamicSwaggerOptions['transform']> = (document) => {
  const { schema, url } = jsonSchemaTransform(document)
  const access = document.route.config?.access
  if (!schema || schema.hide || access === undefined) return { schema: { ...schema, hide: true }, url }
  const failure = {
    description: 'a problem from the catalogue',
    content: { 'application/problem+json': { schema: problem } },
  }
  const response = {
    ...(schema.response ?? { 200: { description: 'done' } }),
    '4XX': failure,
    '5XX': failure,
  }
  const security = access === 'public' ? [] : [{ apiKey: [] }, { session: [] }]
  const body = document.route.config?.takesFile ? { body: FORM_WITH_FILE } : {}
  const headers = document.route.config?.idempotent ? idempotencyHeader(url) : undefined
  return {
    schema: {
      ...schema,
      ...body,
      ...(headers ? { headers } : {}),
      response,
      security,
      description: whoMay(schema.description, access),
    },
    url,
  }
}

const FORM_WITH_FILE = {
  type: 'object',
  required: ['file'],
  properties: { file: { type: 'string', format: 'binary' } },
}

/** An import needs the key only when it is not a dry run. */
function idempotencyHeader(url: string) {
  const required = url.endsWith('/import') ? [] : ['Idempotency-Key']
  return { type: 'object', properties: { 'Idempotency-Key': idempotencyKey }, required }
}

function whoMay(description = '', access: Access): string {
  if (access === 'public') return description
  const systems = access.systems.length > 0 ? `Systems: ${access.systems.join(', ')}. ` : ''
  const roles = access.roles.length > 0 ? `Roles: ${access.roles.join(', ')}.` : ''
  return `${description}\n\n${systems}${roles}`.trim()
}
