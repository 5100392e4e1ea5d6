import { refusal } from '../../http.ts'
import { Tokenbook } from '../accounts.ts'
import type { PlatformOptions } from '../index.ts'
import type { OutsidePlatform } from '../platform.ts'
import { NAME, PopGateway } from './gateway.ts'
import { MessageApi } from './messages.ts'

/** How soon the real one repeats itself is not known. */
const REDELIVER_AFTER_MS = 60_000

/** Pinduoduo: POP's router, its OAuth, and its messages. */
export function createPinduoduo({
  market,
  mischiefOf,
  seed,
  now,
  redeliverAfterMs = REDELIVER_AFTER_MS,
}: PlatformOptions): OutsidePlatform {
  const tokens = new Tokenbook(seed, NAME)
  const mischief = mischiefOf(NAME)
  const messages = new MessageApi({ mischief, seed, now, redeliverAfterMs })
  market.onChange((change) => {
    if (change.order.platform === NAME) messages.tell(change)
  })
  const permit = (clientId: string, mallId: string) => messages.permit(clientId, mallId)
  const gateway = new PopGateway({ market, tokens, mischief, seed, now, permit })
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
    upgrade: (request, socket, head) => messages.upgrade(request, socket, head),
    pendingPushes: () => messages.unconfirmed(),
    close: async () => messages.close(),
  }
}
