import { setTimeout as delay } from 'node:timers/promises'
import type { Scan } from '../../story.ts'
import type { Mischief } from '../mischief.ts'
import { md5Of, resultOf } from './words.ts'

export type Subscription = {
  company: string
  waybillNumber: string
  callbackUrl: string
  /** Null: none was given, and pushes come without a signature. */
  salt: string | null
  withCodes: boolean
}

type Following = Subscription & {
  state: 'polling' | 'shutdown' | 'abort'
  endedAtMs: number
  told: number
  lastNewsMs: number
  /** When it was subscribed, each time. */
  subscribedAtMs: number[]
}

export type PushOptions = {
  look: (waybillNumber: string) => Scan[] | 'unreachable' | undefined
  mischief: Mischief
  now: () => number
  log: (line: string) => void
  /** How often parcels are looked at; the real one takes hours. */
  lookEveryMs: number
  /** Between the tries of a push that was not answered exactly; the real one waits half an hour. */
  retryAfterMs: number
  /** Nothing new for so long ends a subscription with `abort`. */
  abortAfterMs: number
}

/** What counts as a yes; nothing else does. */
const YES = '{"result":true,"returnCode":"200","message":"成功"}'
const TRIES = 4
/** So many at each look, in turns: with thousands each is looked at a little later. */
const LOOKS_AT_ONCE = 200
const ANSWER_WITHIN_MS = 20_000
const MONTH_MS = 31 * 86_400_000
const SUBSCRIPTIONS_A_MONTH = 4
const REST_AFTER_END_MS = 30 * 60_000
const ENDS: ReadonlySet<Scan['state']> = new Set(['delivered', 'returned', 'lost'])

/** Parcels that somebody wants to be told of, and the telling. */
export class Pushes {
  readonly #options: PushOptions
  readonly #following = new Map<string, Following>()
  /** Those that are not over, who was looked at longest ago first. */
  readonly #waiting = new Set<Following>()
  readonly #stop = new AbortController()
  readonly #timer: NodeJS.Timeout
  readonly #underWay = new Set<Promise<void>>()

  constructor(options: PushOptions) {
    this.#options = options
    this.#timer = setInterval(() => this.#look(), options.lookEveryMs).unref()
  }

  subscribe(wanted: Subscription): 'subscribed' | 'repeated' | 'too_often' {
    const nowMs = this.#options.now()
    const known = this.#following.get(wanted.waybillNumber)
    if (known?.state === 'polling') return 'repeated'
    if (known && nowMs - known.endedAtMs < REST_AFTER_END_MS) return 'repeated'
    const lately = (known?.subscribedAtMs ?? []).filter((atMs) => nowMs - atMs < MONTH_MS)
    if (lately.length >= SUBSCRIPTIONS_A_MONTH) return 'too_often'
    const following: Following = {
      ...wanted,
      state: 'polling',
      endedAtMs: 0,
      told: 0,
      lastNewsMs: nowMs,
      subscribedAtMs: [...lately, nowMs],
    }
    this.#following.set(wanted.waybillNumber, following)
    this.#waiting.add(following)
    return 'subscribed'
  }

  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#stop.abort()
    await Promise.all(this.#underWay)
  }

  #look(): void {
    for (const parcel of [...this.#waiting].slice(0, LOOKS_AT_ONCE)) {
      this.#waiting.delete(parcel)
      this.#waiting.add(parcel)
      const scans = this.#options.look(parcel.waybillNumber) ?? []
      if (scans === 'unreachable') continue
      const nowMs = this.#options.now()
      if (scans.length > parcel.told) {
        parcel.told = scans.length
        parcel.lastNewsMs = nowMs
        const isOver = scans.some(({ state }) => ENDS.has(state))
        this.#end(parcel, isOver ? 'shutdown' : 'polling')
        this.#tell(parcel, scans, '')
      } else if (nowMs - parcel.lastNewsMs > this.#options.abortAfterMs) {
        this.#end(parcel, 'abort')
        this.#tell(parcel, scans, scans.length === 0 ? '3天查询无记录' : '60天无变化')
      }
    }
  }

  #end(parcel: Following, state: Following['state']): void {
    parcel.state = state
    if (state === 'polling') return
    parcel.endedAtMs = this.#options.now()
    this.#waiting.delete(parcel)
  }

  /** Everything that is known, newest first; the news itself is never marked. */
  #tell(parcel: Following, scans: Scan[], message: string): void {
    const { company, waybillNumber, withCodes, state } = parcel
    const param = JSON.stringify({
      status: state,
      billstatus: 'got',
      message,
      autoCheck: '0',
      comOld: '',
      comNew: '',
      lastResult: resultOf(company, waybillNumber, scans, withCodes),
    })
    for (const afterMs of this.#options.mischief.nextPush()) {
      const sending = this.#send(parcel, param, afterMs).catch((error: unknown) => {
        if (!this.#stop.signal.aborted) this.#options.log(`push of ${waybillNumber}: ${String(error)}`)
      })
      this.#underWay.add(sending)
      void sending.finally(() => this.#underWay.delete(sending))
    }
  }

  async #send({ callbackUrl, salt }: Subscription, param: string, afterMs: number): Promise<void> {
    const { signal } = this.#stop
    await delay(afterMs, undefined, { signal })
    const form = new URLSearchParams({ param, ...(salt === null ? {} : { sign: md5Of(param, salt) }) })
    for (let tries = 1; tries <= TRIES; tries += 1) {
      if (await this.#isHeard(callbackUrl, form, signal)) return
      if (tries < TRIES) await delay(this.#options.retryAfterMs, undefined, { signal })
    }
    this.#options.log(`a push was not heard ${TRIES} times and is given up`)
  }

  async #isHeard(url: string, form: URLSearchParams, signal: AbortSignal): Promise<boolean> {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' },
        body: form.toString(),
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
      })
      return response.status === 200 && (await response.text()) === YES
    } catch (error) {
      if (signal.aborted) throw error
      return false
    }
  }
}
