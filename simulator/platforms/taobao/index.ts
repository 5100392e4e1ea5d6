import { refusal } from '../../http.ts'
import { Tokenbook } from '../accounts.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { TopGateway } from './gateway.ts'

/** Taobao and Tmall: TOP's REST gateway and TMC, its message channel. */
export function createTaobao({ market, mischiefOf, seed, now }: PlatformOptions): OutsidePlatform {
  const tokens = new Tokenbook(seed, 'taobao')
  const mischief = mischiefOf('taobao')
  const gateway = new TopGateway({ market, tokens, mischief, seed, now })
  return {
    name: 'taobao',
    answer: (call) => {
      const isGateway = call.segments.slice(1).join('/') === 'router/rest'
      return isGateway && call.method === 'POST'
        ? gateway.answer(call)
        : refusal(404, 'there is no such thing here')
    },
    close: async () => undefined,
  }
}
