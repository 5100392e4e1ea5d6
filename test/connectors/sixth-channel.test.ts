import { expect, it } from 'vitest'
import { webhookHeaders } from '../../connectors/channels/mall/sign.ts'
import { byPlatform, CHANNEL_CONNECTORS } from '../../connectors/channels/registry.ts'
import { checkConformance, conformanceChecks } from '../../connectors/conformance.ts'
import { createMall, MALL_APP_KEY } from '../../simulator/platforms/mall/index.ts'
import { mallSecretOf } from '../../simulator/platforms/mall/signature.ts'
import { mallShop } from '../support/pushing-shops.ts'
import { sixthConnector } from '../support/sixth-channel/index.ts'
import { channelSuite } from './channel-suite.ts'

/** One line of a registry makes a channel: it passes what every channel does, and its vectors are checked with it. */
const SEED = 'sixth'
const channels = byPlatform([...Object.values(CHANNEL_CONNECTORS), sixthConnector])

channelSuite({
  connector: channels.sixth ?? sixthConnector,
  seed: SEED,
  morePlatforms: (options) => [createMall(options, 'sixth')],
  shop: (url) => ({ ...mallShop(url, SEED), gatewayUrl: `${url}/sixth/hub` }),
  secretName: 'secret',
  statuses: {
    unpaid: 'unpaid',
    paid: 'paid',
    part_shipped: 'part_shipped',
    shipped: 'shipped',
    received: 'delivered',
    finished: 'completed',
    closed_unpaid: 'closed',
    closed_refunded: 'closed',
  },
  shipsParts: true,
  pushQuery: (shop) => ({ app: shop.appKey }),
  signedPush: (_, body) =>
    webhookHeaders({ id: 'msg_1', timestampSeconds: Math.floor(Date.now() / 1000), body: body.toString() }, [
      mallSecretOf(SEED, MALL_APP_KEY),
    ]),
})

it('brings the checks of its vectors with it', () => {
  const vector = {
    id: 'sixth-1',
    ...{ system: 'sixth', kind: 'sign', input: { text: 'what do ya want for nothing?' }, secret: 'Jefe' },
    expected: '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843',
  }
  expect(checkConformance(vector, conformanceChecks(channels))).toMatchObject({ ok: true })
  expect(checkConformance(vector)).toMatchObject({ ok: false, actual: 'no connector knows sixth/sign' })
})

it('is refused where its platform is taken, or its name is none', () => {
  expect(() => byPlatform([sixthConnector, sixthConnector])).toThrow('two connectors of sixth')
  expect(() => byPlatform([{ ...sixthConnector, platform: 'Sixth channel' }])).toThrow('no name')
})
