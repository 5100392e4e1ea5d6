/** What customers are told of their parcels, by which way, and when: nothing here knows a provider. */

export const NOTIFICATION_EVENTS = ['shipped', 'delivered'] as const
export type NotificationEvent = (typeof NOTIFICATION_EVENTS)[number]

/** `wechat` is the mini-program's subscribe message, `wechat_template` the official account's (公众号) template message. */
export const NOTIFICATION_WAYS = ['sms', 'wechat', 'wechat_template'] as const
export type NotificationWay = (typeof NOTIFICATION_WAYS)[number]

/**
 * `sending` is written before the call: neither SMS provider knows a message again, so that one which was cut off is `unknown`
 * until its provider was asked, and never just sent again. `sent` is what a provider took; `delivered` and `undelivered` is what
 * the operator reported of it afterwards.
 */
export const NOTIFICATION_STATES = [
  'pending',
  'sending',
  'unknown',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'skipped',
] as const
export type NotificationState = (typeof NOTIFICATION_STATES)[number]

/** What a template may name. None of it is about the customer's person. */
export const NOTIFICATION_FIELDS = [
  'courier',
  'waybillNumber',
  'orderNumber',
  'storeName',
  'unitCount',
] as const
export type NotificationFacts = Record<(typeof NOTIFICATION_FIELDS)[number], string>

export type TemplateParameter = {
  /** As the provider's template calls it; where parameters are counted, their order is the list's. */
  name: string
  field: keyof NotificationFacts
  /** Providers refuse longer values. */
  maxCharacters: number
}
export type RenderedParameter = { name: string; value: string }

/** The values of a template's parameters for one parcel. */
export function renderParameters(
  parameters: readonly TemplateParameter[],
  facts: NotificationFacts,
): RenderedParameter[] {
  return parameters.map(({ name, field, maxCharacters }) => ({
    name,
    value: [...facts[field]].slice(0, maxCharacters).join(''),
  }))
}

const COURIER_NAMES: Readonly<Record<string, string>> = {
  sf: '顺丰速运',
  yto: '圆通速递',
  zto: '中通快递',
  sto: '申通快递',
  yunda: '韵达快递',
  jd: '京东快递',
  ems: '邮政EMS',
  deppon: '德邦快递',
}

/** A courier as customers know it; one that is not in the table by the hub's code. */
export function courierName(courier: string): string {
  return COURIER_NAMES[courier] ?? courier
}

/**
 * The mobile number of mainland China that a text is, as eleven digits. Null for every other phone: masked ones of
 * platforms (they tell their buyers themselves), numbers with an extension, land lines, other countries.
 */
export function mobileNumberOf(phone: string): string | null {
  return /^(?:\+?86)?(1[3-9]\d{9})$/.exec(phone.replace(/[ -]/g, ''))?.[1] ?? null
}

/** `13800138000` → `138****8000` */
export function maskedNumber(number: string): string {
  return number.length >= 9 ? `${number.slice(0, 3)}****${number.slice(-4)}` : '****'
}

const CHINA_OFFSET_MS = 8 * 3_600_000
const MINUTE_MS = 60_000
const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** `2026-11-11`, the day in China. */
export function chinaDay(at: Date): string {
  return new Date(at.getTime() + CHINA_OFFSET_MS).toISOString().slice(0, 10)
}

/** Times of day in China, `22:00`; the end may be on the next day. */
export type QuietHours = { from: string; until: string }

/** When the quiet hours that a moment lies in are over; null where it lies in none. */
export function quietUntil(at: Date, quiet: QuietHours | null): Date | null {
  if (!quiet) return null
  const sinceMidnightMs = (at.getTime() + CHINA_OFFSET_MS) % DAY_MS
  const midnightMs = at.getTime() - sinceMidnightMs
  const fromMs = minutesOf(quiet.from) * MINUTE_MS
  const untilMs = minutesOf(quiet.until) * MINUTE_MS
  if (fromMs <= untilMs) {
    const isQuiet = sinceMidnightMs >= fromMs && sinceMidnightMs < untilMs
    return isQuiet ? new Date(midnightMs + untilMs) : null
  }
  if (sinceMidnightMs < untilMs) return new Date(midnightMs + untilMs)
  return sinceMidnightMs >= fromMs ? new Date(midnightMs + DAY_MS + untilMs) : null
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number)
  return hours * 60 + minutes
}

/** What is known of a message whose sending was cut off, after its provider was asked. */
export type Finding =
  | { kind: 'sent'; providerId: string | null }
  /** The operator has handed it over. */
  | { kind: 'delivered'; providerId: string | null }
  /** The operator could not hand it over. */
  | { kind: 'undelivered'; reason: string }
  /** It never reached the provider. */
  | { kind: 'absent' }
  /** The provider cannot say, or could not be asked. */
  | { kind: 'silent'; reason: string }

export type Doubt = { sinceMs: number; attempts: number }

/** A record may appear this long after the message was taken. */
const ABSENCE_IS_PROOF_AFTER_MS = 10 * MINUTE_MS
const ASK_FOR_MS = 6 * HOUR_MS
const MAX_ATTEMPTS = 3

/** What follows from it: a message is sent again only where it is sure that it was not sent. */
export function settleDoubt(
  finding: Finding,
  { sinceMs, attempts }: Doubt,
):
  | { next: 'sent' | 'delivered'; providerId: string | null }
  | { next: 'undelivered' | 'person'; reason: string }
  | { next: 'ask-again' | 'send-again' } {
  if (finding.kind === 'sent' || finding.kind === 'delivered')
    return { next: finding.kind, providerId: finding.providerId }
  if (finding.kind === 'undelivered') return { next: 'undelivered', reason: finding.reason }
  if (finding.kind === 'silent') {
    return sinceMs < ASK_FOR_MS ? { next: 'ask-again' } : { next: 'person', reason: finding.reason }
  }
  if (sinceMs < ABSENCE_IS_PROOF_AFTER_MS) return { next: 'ask-again' }
  return attempts < MAX_ATTEMPTS
    ? { next: 'send-again' }
    : { next: 'person', reason: `cut off ${attempts} times` }
}

/** What an operator says of one message. */
export type DeliveryReport = {
  /** By the hub's own id, which the provider was told, or by the id that the provider gave. */
  message: { id: string } | { providerId: string }
  wasDelivered: boolean
  /** The operator's code. */
  reason: string | null
}

/** An operator tries a phone that is off for up to three days. */
const REPORT_CHECKS_MS = [10 * MINUTE_MS, HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS, 72 * HOUR_MS]

/**
 * How long after a message was sent its provider is next asked what the operator reported, in milliseconds; null when a report is
 * no longer to be expected. Most are pushed long before that.
 */
export function nextReportCheck(sinceSentMs: number): number | null {
  return REPORT_CHECKS_MS.find((afterMs) => afterMs > sinceSentMs) ?? null
}

/** Ways by which the customer was not reached, so that another may be tried. */
export type Told = { way: NotificationWay; wasMissed: boolean }

/**
 * The template that speaks instead: the first of the event's that is there for this case and was not used yet. None as long as any
 * other way has reached the customer, or still may.
 */
export function templateInstead<Template extends { way: NotificationWay; isFallback: boolean }>(
  templates: readonly Template[],
  told: readonly Told[],
): Template | null {
  if (told.some(({ wasMissed }) => !wasMissed)) return null
  const used = new Set(told.map(({ way }) => way))
  return templates.find(({ way, isFallback }) => isFallback && !used.has(way)) ?? null
}
