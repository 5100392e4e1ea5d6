import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { z } from 'zod'
import { callOutcome, callShop, lagTargetsOf } from '../../connectors/channels/calls.ts'
import type { ChannelClient, ChannelConnector, Credentials } from '../../connectors/channels/channel.ts'
import { code } from '../../contracts/common.ts'
import { type FieldError, ProblemError } from '../../contracts/errors.ts'
import {
  type CreateShopBody,
  changeShopBody,
  createShopBody,
  listShopsQuery,
  type ShopCheckView,
  type ShopView,
  shopCheckView,
  shopPage,
  shopView,
} from '../../contracts/shops.ts'
import type { Platform } from '../../domain/channel-order.ts'
import { operatorOf } from '../../store/identity.ts'
import { findShop, listShops } from '../../store/shop-queries.ts'
import { tokenStore } from '../../store/shop-tokens.ts'
import { changeShop, createShop, findOpenShop, type NewShop } from '../../store/shops.ts'
import { ACCESS, identityOf } from '../access.ts'
import type { ApiDeps } from '../deps.ts'

const tags = ['shops']
const params = z.object({ shopId: code })
const DAY_MS = 24 * 60 * 60 * 1000
/** What platforms still answer about. */
const LONGEST_BACKFILL_DAYS = 90

/** Shops at the platforms: made, changed, tried, and how fresh what they say is. */
export const shopRoutes: FastifyPluginAsyncZod<{ deps: ApiDeps }> = async (app, { deps }) => {
  const { db, keyRing } = deps

  const connectorOf = (platform: Platform): ChannelConnector => {
    const connector = deps.connectors[platform]
    if (!connector) {
      const known = Object.keys(deps.connectors).toSorted().join(', ')
      throw new ProblemError('unknown-channel', `there is no connector of ${platform}; there are: ${known}`)
    }
    return connector
  }
  const channelOf = (platform: Platform) => connectorOf(platform).channel
  const lagTargets = async () => {
    const { document } = await deps.policies.current(db, 'health-score')
    return lagTargetsOf(deps.connectors, document.syncTargetSeconds)
  }
  const checkCredentials = (platform: Platform, given: Credentials) =>
    validCredentials(connectorOf(platform), given)
  const show = async (shopId: string): Promise<ShopView> => {
    const shop = await findShop(db, shopId, await lagTargets())
    if (!shop) throw new ProblemError('not-found', `there is no shop ${shopId}`)
    return shop
  }

  app.post(
    '/v1/shops',
    {
      config: { access: ACCESS.changeShops },
      schema: {
        tags,
        summary: 'Make a shop; its credentials are sealed and never shown again',
        body: createShopBody,
        response: { 201: shopView },
      },
    },
    async (request, reply) => {
      const connector = connectorOf(request.body.platform)
      const body = newShop(connector, request.body, deps.clock.now())
      const operator = operatorOf(identityOf(request))
      await db
        .transaction()
        .execute((tx) => createShop(tx, keyRing, { body, operator, channel: connector.channel }))
      deps.shops.expire()
      return reply.status(201).send(await show(body.id))
    },
  )

  app.get(
    '/v1/shops',
    {
      config: { access: ACCESS.readShops },
      schema: {
        tags,
        summary: 'Shops with the freshness of their feeds: lag, last push, last pull, errors',
        querystring: listShopsQuery,
        response: { 200: shopPage },
      },
    },
    async (request) => listShops(db, request.query, await lagTargets()),
  )

  app.get(
    '/v1/shops/:shopId',
    {
      config: { access: ACCESS.readShops },
      schema: { tags, summary: 'One shop', params, response: { 200: shopView } },
    },
    async (request) => show(request.params.shopId),
  )

  app.patch(
    '/v1/shops/:shopId',
    {
      config: { access: ACCESS.changeShops },
      schema: {
        tags,
        summary: 'Change a shop, or take it out of service with `active`; fields that are left out stay',
        params,
        body: changeShopBody,
        response: { 200: shopView },
      },
    },
    async (request) => {
      const { shopId } = request.params
      const { body } = request
      const operator = operatorOf(identityOf(request))
      await db
        .transaction()
        .execute((tx) => changeShop(tx, keyRing, { shopId, body, operator, channelOf, checkCredentials }))
      deps.shops.expire()
      return show(shopId)
    },
  )

  app.post(
    '/v1/shops/:shopId/check',
    {
      config: { access: ACCESS.changeShops },
      schema: {
        tags,
        summary: 'Try a shop: asks its platform for what changed within the last minute; writes nothing',
        params,
        response: { 200: shopCheckView },
      },
    },
    async (request) => {
      const shop = await findOpenShop(db, keyRing, request.params.shopId)
      if (!shop) throw new ProblemError('not-found', `there is no shop ${request.params.shopId}`)
      const connector = connectorOf(shop.platform)
      return checkShop(connector, deps.clock.now(), (call) =>
        callShop(connector, shop, tokenStore(db, keyRing), call),
      )
    },
  )
}

function newShop(connector: ChannelConnector, body: CreateShopBody, now: Date): NewShop {
  const pullFrom = body.pullFrom === undefined ? now : new Date(body.pullFrom)
  const oldest = new Date(now.getTime() - LONGEST_BACKFILL_DAYS * DAY_MS)
  if (pullFrom < oldest || pullFrom > now) {
    const message = `must be within the last ${LONGEST_BACKFILL_DAYS} days`
    throw new ProblemError('invalid-request', undefined, { fields: [{ field: 'pullFrom', message }] })
  }
  return {
    ...body,
    gatewayUrl: body.gatewayUrl ?? connector.defaultGatewayUrl,
    pushUrl: body.pushUrl ?? connector.defaultPushUrl,
    credentials: validCredentials(connector, body.credentials),
    pullFrom,
  }
}

/** @throws ProblemError naming the fields that the platform's connector misses or does not know, never their values */
function validCredentials(connector: ChannelConnector, given: Credentials): Credentials {
  const result = connector.credentials.safeParse(given)
  if (result.success) return result.data
  const fields = result.error.issues.flatMap((issue): FieldError[] => {
    const names = issue.code === 'unrecognized_keys' ? issue.keys : [issue.path.join('.')]
    const message = issue.code === 'unrecognized_keys' ? 'is not a known field' : issue.message
    return names.map((name) => ({ field: ['credentials', name].filter(Boolean).join('.'), message }))
  })
  throw new ProblemError('invalid-request', undefined, { fields })
}

async function checkShop(
  { limits }: ChannelConnector,
  now: Date,
  ask: (call: (client: ChannelClient) => Promise<void>) => Promise<void>,
): Promise<ShopCheckView> {
  const to = new Date(now.getTime() - limits.pullDelaySeconds * 1000)
  const from = new Date(to.getTime() - 60_000)
  const startedAt = performance.now()
  const answer = (outcome: ShopCheckView['outcome'], detail: string): ShopCheckView => ({
    ok: outcome === 'ok',
    outcome,
    detail: detail.slice(0, 500),
    milliseconds: Math.round(performance.now() - startedAt),
  })
  try {
    await ask(async (client) => {
      for await (const _page of client.changedOrders({ from, to })) break
    })
    return answer('ok', '')
  } catch (error) {
    return answer(callOutcome(error), error instanceof Error ? error.message : '')
  }
}
