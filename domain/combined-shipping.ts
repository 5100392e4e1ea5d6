import { decideByRules, type Facts, type Rule } from './conditions.ts'

/** Which orders of one buyer to one address leave in one parcel. Nothing here knows a platform's calls or a table. */

export type CombiningPolicy = {
  combine: boolean
  rules: readonly Rule<{ combine: boolean }>[]
  maxOrders: number
  /** Of all goods together, in grams; null: no limit. */
  maxWeightGrams: number | null
}

/** Whether an order may share its parcel at all: by the first rule that matches, otherwise the usual answer. */
export function mayCombine(policy: Pick<CombiningPolicy, 'combine' | 'rules'>, facts: Facts): boolean {
  return decideByRules(policy.rules, policy, facts).outcome.combine
}

export type Receiver = {
  storeId: string
  divisionCode: string
  /** The platform's own id of the buyer, where it has one. */
  buyerId: string | null
  name: string
  phone: string
  address: string
  /** What only the platform can open, by the platform's own names. */
  ciphertext: Readonly<Record<string, string>>
}

/**
 * Ids that a platform gives to a receiver whom it shows to nobody: two orders of one shop with the same one go to the
 * same person at the same address. The reverse does not hold; unequal ones ship apart.
 */
const RECEIVER_IDS = ['open_address_id', 'oaid'] as const

/**
 * What is the same for two orders of a store exactly when they go to one person at one address, as text; null where
 * that cannot be said, such as for masked data without an id.
 */
export function receiverText(receiver: Receiver): string | null {
  const { storeId, buyerId, ciphertext } = receiver
  const platformId = RECEIVER_IDS.map((name) => ciphertext[name]).find((id) => id)
  if (platformId) return JSON.stringify([storeId, buyerId, platformId])
  if (Object.keys(ciphertext).length > 0) return null
  const shown = [receiver.name, receiver.phone, receiver.address]
  if (shown.some((text) => text.includes('*'))) return null
  const [name, phone, address] = [
    plain(receiver.name),
    receiver.phone
      .normalize('NFKC')
      .replace(/\D/g, '')
      .replace(/^(0*86)(?=1\d{10}$)/, ''),
    plain(receiver.address),
  ]
  if (name === '' || phone.length < MIN_PHONE_DIGITS || address === '') return null
  return JSON.stringify([storeId, buyerId, name, phone, receiver.divisionCode, address])
}

const MIN_PHONE_DIGITS = 7

/**
 * Width, case, spaces and punctuation do not tell two addresses apart; what stands between two numbers does: 3-201 is
 * not 32-01.
 */
function plain(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{S}\p{Z}\s]+/gu, ' ')
    .replace(/(?<![0-9a-z]) | (?![0-9a-z])/g, '')
}

/** An open pick task of the same receiver in the same warehouse. */
export type OpenTask = {
  pickTaskId: string
  orderId: string
  combinedId: string | null
  weightGrams: number
  /** Nobody has begun it, and nobody else is changing it at this moment. */
  isFree: boolean
}

/**
 * The tasks that a new one joins, or null: it goes by itself for now. Only tasks that nobody has begun are joined, and
 * a group only as a whole; what has waited longest comes first.
 *
 * @param open oldest first
 */
export function chooseCompany(
  newcomer: { orderId: string; weightGrams: number },
  open: readonly OpenTask[],
  limits: Pick<CombiningPolicy, 'maxOrders' | 'maxWeightGrams'>,
): OpenTask[] | null {
  const groups = new Map<string, OpenTask[]>()
  for (const task of open) {
    const key = task.combinedId ?? task.pickTaskId
    groups.set(key, [...(groups.get(key) ?? []), task])
  }
  const fits = (tasks: OpenTask[]) =>
    tasks.every((task) => task.isFree && task.orderId !== newcomer.orderId) &&
    tasks.length < limits.maxOrders &&
    (limits.maxWeightGrams === null ||
      tasks.reduce((sum, task) => sum + task.weightGrams, newcomer.weightGrams) <= limits.maxWeightGrams)
  return [...groups.values()].find(fits) ?? null
}
