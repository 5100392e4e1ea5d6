import { setTimeout as delay } from 'node:timers/promises'
import type { Answer } from '../http.ts'
import type { CallFate, MischiefRates } from './mischief.ts'

const SLOW_MS = 3_000

/**
 * What befalls a call on the way there or back, whichever platform it is for. Of the other fates (`rateLimited`,
 * `tokenExpired`, `regressed`) each platform has words of its own: `answer` says them.
 */
export async function underFate(
  fate: CallFate,
  rates: MischiefRates,
  answer: () => Answer | Promise<Answer>,
): Promise<Answer> {
  switch (fate) {
    case 'gatewayTimeout':
      return { status: 504, text: '<html>504 Gateway Time-out</html>', contentType: 'text/html' }
    case 'garbage':
      return { status: 200, text: '{"trade": <!-- upstream', contentType: 'application/json' }
    case 'cut':
      return 'hang-up'
    case 'cutAfterEffect':
      await answer()
      return 'hang-up'
    case 'slow':
      await delay(rates.slowMs ?? SLOW_MS, undefined, { ref: false })
      return answer()
    case 'ok':
    case 'rateLimited':
    case 'tokenExpired':
    case 'regressed':
      return answer()
  }
}
