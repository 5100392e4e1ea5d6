import { refusal } from '../../http.ts'
import { Tokenbook } from '../accounts.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { TopGateway } from './gateway.ts'
import { Tmc } from './tmc.ts'

/** The platform speaks of minutes. */
const REDELIVER_AFTER_MS = 60_000

/** Taobao and Tmall: TOP's REST gateway and TMC, its message channel. */
export function createTaobao({
  market,
  mischiefOf,
  seed,
  now,
  redeliverAfterMs = REDELIVER_AFTER_MS,
}: PlatformOptions): OutsidePlatform {
  const tokens = new Tokenbook(seed, 'taobao')
  const mischief = mischiefOf('taobao')
  const tmc = new Tmc({ mischief, seed, now, redeliverAfterMs })
  market.onChange((change) => {
    if (change.order.platform === 'taobao') tmc.tell(change)
  })
  const permit = (appKey: string, userId: string) => tmc.permit(appKey, userId)
  const gateway = new TopGateway({ market, tokens, mischief, seed, now, permit })
  return {
    name: 'taobao',
    answer: (call) => {
      const isGateway = call.segments.slice(1).join('/') === 'router/rest'
      return isGateway && call.method === 'POST'
        ? gateway.answer(call)
        : refusal(404, 'there is no such thing here')
    },
    upgrade: (request, socket, head) => {
      if (request.url?.split('?')[0] === '/taobao/tmc') tmc.upgrade(request, socket, head)
      else socket.destroy()
    },
    pendingPushes: () => tmc.unconfirmed(),
    close: async () => tmc.close(),
  }
}
