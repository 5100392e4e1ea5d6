import { refusal } from '../../http.ts'
import { Tokenbook } from '../accounts.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { NAME, PopGateway } from './gateway.ts'

/** Pinduoduo: POP's router and its OAuth. */
export function createPinduoduo({ market, mischiefOf, seed, now }: PlatformOptions): OutsidePlatform {
  const tokens = new Tokenbook(seed, NAME)
  const gateway = new PopGateway({ market, tokens, mischief: mischiefOf(NAME), seed, now })
  return {
    name: NAME,
    answer: (call) => {
      switch (`${call.method} ${call.segments.slice(1).join('/')}`) {
        case 'POST api/router':
          return gateway.answer(call)
        case 'POST oauth/token':
          return gateway.refresh(call)
        default:
          return refusal(404, 'there is no such thing here')
      }
    },
    close: async () => undefined,
  }
}
