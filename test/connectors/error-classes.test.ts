import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ChannelConnector, ShopAccount } from '../../connectors/channels/channel.ts'
import { doudianConnector } from '../../connectors/channels/doudian/index.ts'
import { jdConnector } from '../../connectors/channels/jd/index.ts'
import { mallConnector } from '../../connectors/channels/mall/index.ts'
import { pinduoduoConnector } from '../../connectors/channels/pinduoduo/index.ts'
import { taobaoConnector } from '../../connectors/channels/taobao/index.ts'
import {
  RateLimitedError,
  RefusedError,
  TokenExpiredError,
  UnreachableError,
} from '../../connectors/outside-errors.ts'
import { listen } from '../../simulator/http.ts'
import { jdShop } from '../support/jd.ts'
import { pinduoduoShop } from '../support/pinduoduo.ts'
import { doudianShop, mallShop } from '../support/pushing-shops.ts'
import { taobaoShop } from '../support/taobao.ts'

/** What a caller does: asks again, asks again after a pause, asks again with a new token, or tells a person. */
const CLASSES = {
  retry: UnreachableError,
  pause: RateLimitedError,
  renew: TokenExpiredError,
  refuse: RefusedError,
}
type Class = keyof typeof CLASSES
/** The answer's own words for an error: a code, and a code within it. */
type Table = [code: string, subCode: string, becomes: Class][]

let reply = { status: 200, body: '' }
const server = createServer((request, response) => {
  request.resume().on('end', () => response.writeHead(reply.status).end(reply.body))
})
let url = ''
beforeAll(async () => {
  url = `http://127.0.0.1:${await listen(server, '127.0.0.1', 0)}`
})
afterAll(() => {
  server.closeAllConnections()
  server.close()
})

type Gateway = { connector: ChannelConnector; shop: () => ShopAccount; errors: Table }
const error = (connector: ChannelConnector, code: string, subCode: string): object => {
  switch (connector.platform) {
    case 'taobao':
      return { error_response: { code: Number(code), sub_code: subCode, msg: 'x' } }
    case 'pinduoduo':
      return { error_response: { error_code: Number(code), sub_code: subCode, error_msg: 'x' } }
    case 'jd':
      return { error_response: { code, zh_desc: 'x', en_desc: 'x' } }
    default:
      return { code: Number(code), sub_code: subCode, msg: 'x', data: null }
  }
}

const GATEWAYS: Gateway[] = [
  {
    connector: taobaoConnector,
    shop: () => taobaoShop({ url }),
    errors: [
      ['15', 'isp.remote-service-error', 'retry'],
      ['15', 'isp.remote-service-timeout', 'retry'],
      ['41', 'isp.top-remote-unknown', 'retry'],
      ['10', '', 'retry'],
      ['15', '', 'retry'],
      ['50', '', 'retry'],
      ['15', 'isv.invalid-parameter', 'refuse'],
      ['50', 'isv.permission-denied', 'refuse'],
      ['41', 'isv.invalid-parameter', 'refuse'],
      ['25', 'invalid-signature', 'refuse'],
      ...['4', '5', '6', '7', '8'].map((code): Table[number] => [code, '', 'pause']),
      ['27', 'session-expired', 'renew'],
    ],
  },
  {
    connector: pinduoduoConnector,
    shop: () => pinduoduoShop({ url }),
    errors: [
      ...['50000', '52001', '52002', '70033'].map((code): Table[number] => [code, '', 'retry']),
      ...['70031', '70032'].map((code): Table[number] => [code, '', 'pause']),
      ['10019', '', 'renew'],
      ['20004', '', 'refuse'],
      ['30000', '50000', 'refuse'],
    ],
  },
  {
    connector: jdConnector,
    shop: () => jdShop({ url }),
    errors: [
      ...['1', '43', '65', '66', '67'].map((code): Table[number] => [code, '', 'retry']),
      ...['2', '10100014'].map((code): Table[number] => [code, '', 'pause']),
      ['19', '', 'renew'],
      ['12', '', 'refuse'],
      ['660', '', 'refuse'],
    ],
  },
  {
    connector: doudianConnector,
    shop: () => doudianShop(url, 'seed'),
    errors: [
      ...['20000', '20001', '90000'].map((code): Table[number] => [code, '', 'retry']),
      ['50002', 'isp.service-error', 'retry'],
      ['50002', 'isv.business-failed:8888', 'retry'],
      ['50002', 'isv.business-failed:70011', 'retry'],
      ['60000', 'isv.app-flow-limit', 'pause'],
      ['30001', 'isv.access-token-expired', 'renew'],
      ['30001', 'isv.access-token-no-existed', 'renew'],
      ['30001', 'isv.access-token-invalid', 'renew'],
      ['30001', 'isv.access-token-missing', 'renew'],
      ['50002', 'isv.business-failed:88888', 'refuse'],
      ['40003', 'isv.parameter-invalid:1', 'refuse'],
    ],
  },
  { connector: mallConnector, shop: () => mallShop(url, 'seed'), errors: [] },
]

describe.each(GATEWAYS.map((gateway) => ({ name: gateway.connector.platform, ...gateway })))(
  'the errors of $name',
  ({ connector, shop, errors }) => {
    const call = () =>
      connector.client(shop()).publishQuantity({ platformItemId: '1', platformSkuId: '2', quantity: 3 })
    const expectClass = async (becomes: Class) => {
      const thrown: unknown = await call().catch((caught: unknown) => caught)
      expect(thrown).toBeInstanceOf(CLASSES[becomes])
    }

    // The mall has the statuses of HTTP alone.
    if (errors.length > 0) {
      test.each(errors)('are told apart by their codes: %s “%s” means %s', async (code, subCode, becomes) => {
        reply = { status: 200, body: JSON.stringify(error(connector, code, subCode)) }
        await expectClass(becomes)
      })
    }

    test.each<[number, string, Class]>([
      [429, '', 'pause'],
      [408, '', 'retry'],
      [500, '', 'retry'],
      [502, '<html>', 'retry'],
      [504, '{}', 'retry'],
      [403, '{}', 'refuse'],
      [200, '<html>', 'retry'],
      [200, '[]', 'retry'],
    ])('and by the status of HTTP: %s with “%s” means %s', async (status, body, becomes) => {
      reply = { status, body }
      await expectClass(becomes)
    })
  },
)
