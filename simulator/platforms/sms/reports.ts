import { createHttpPusher } from '../http-push.ts'
import type { PlatformOptions } from '../index.ts'
import type { Mischief } from '../mischief.ts'
import { fateOf, type TextMessage } from './book.ts'

/** An operator needs some time to hand a message over. */
const REPORT_AFTER_MS = 1_000

/**
 * Pushes what became of messages to the hub, if it gave an address: unsigned, as an array, again until the answer is a yes in the
 * provider's words.
 */
export function createReportDesk(
  { hubApi, smsReportSecret, log }: PlatformOptions,
  provider: {
    mischief: Mischief
    provider: string
    reportOf: (message: TextMessage) => object
    /** What is in the answer that it takes for a yes. */
    yes: Record<string, unknown>
  },
) {
  const { mischief, reportOf, yes } = provider
  if (!hubApi || !smsReportSecret)
    return { report: () => undefined, pending: () => 0, close: async () => undefined }
  const pusher = createHttpPusher({
    url: `${hubApi}/v1/webhooks/sms/${provider.provider}/${smsReportSecret}`,
    mischief,
    isAcknowledged: (status, text) => status === 200 && isYes(text, yes),
    log: (line) => log(line.replace(smsReportSecret, '…')),
    maxTries: 4,
  })
  const waiting = new Set<NodeJS.Timeout>()
  return {
    report: (message: TextMessage): void => {
      if (fateOf(message.number) === 'unreported') return
      const timer = setTimeout(() => {
        waiting.delete(timer)
        const body = JSON.stringify([reportOf(message)])
        pusher.push(() => ({ headers: { 'content-type': 'application/json;charset=utf-8' }, body }))
      }, REPORT_AFTER_MS)
      waiting.add(timer)
    },
    pending: () => waiting.size + pusher.pending(),
    close: async () => {
      for (const timer of waiting) clearTimeout(timer)
      await pusher.close()
    },
  }
}

function isYes(text: string, yes: Record<string, unknown>): boolean {
  try {
    const answer: unknown = JSON.parse(text)
    return (
      typeof answer === 'object' &&
      answer !== null &&
      Object.entries(yes).every(([name, value]) =>
        Object.entries(answer).some((member) => member[0] === name && member[1] === value),
      )
    )
  } catch {
    return false // no JSON is no yes
  }
}
