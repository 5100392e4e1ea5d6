import { refusal } from '../../http.ts'
import { Tokenbook } from '../accounts.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { JosGateway, NAME } from './gateway.ts'

/** JD: JOS's router and its OAuth. It pushes nothing. */
export function createJd({ market, mischiefOf, seed, now }: PlatformOptions): OutsidePlatform {
  const tokens = new Tokenbook(seed, NAME)
  const gateway = new JosGateway({ market, tokens, mischief: mischiefOf(NAME), seed, now })
  return {
    name: NAME,
    answer: (call) => {
      switch (`${call.method} ${call.segments.slice(1).join('/')}`) {
        case 'POST routerjson':
          return gateway.answer(call)
        case 'GET oauth2/refresh_token':
          return gateway.refresh(call)
        default:
          return refusal(404, 'there is no such thing here')
      }
    },
    close: async () => undefined,
  }
}
