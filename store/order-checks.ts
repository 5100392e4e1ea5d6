import { type RawBuilder, sql } from 'kysely'
import { abnormalFactsOf, type RecordedFacts, type SkuFacts } from '../domain/abnormal-facts.ts'
import {
  decisiveFinding,
  type Finding,
  judgeOrder,
  outcomeOf,
  withoutReleased,
} from '../domain/abnormal-order.ts'
import { type AddressVerdict, addressText, readAddress } from '../domain/address.ts'
import type { OrderPlaced } from '../domain/order.ts'
import type { CheckOutcome, FindingAction, OrderCheckAnswer } from '../domain/order-check.ts'
import { type PhoneKind, phoneKindOf } from '../domain/phone.ts'
import type { WordMatcher } from '../domain/sensitive-words.ts'
import { openContact, type PersonalData } from './contacts.ts'
import { recentFactsOf } from './customer-facts.ts'
import { type Db, type Tx, together } from './database.ts'
import type { KeyRing } from './keyring.ts'
import { supersedeChecks } from './order-check-rows.ts'
import { handlerOf } from './order-handlers.ts'
import type { CurrentPolicy } from './policy.ts'
import type { Policies } from './policy-cache.ts'
import { BUSINESS_TIME_ZONE } from './sales-figures.ts'
import type { SensitiveWords } from './sensitive-words.ts'

export type CheckDeps = { keyRing: KeyRing; policies: Policies; words: SensitiveWords }
/** What the order is at this moment: its rows may be behind by the commit that follows. */
export type CheckRequest = { placed: OrderPlaced; number: number }

type Judged = { policy: CurrentPolicy<'abnormal-order'>; wordsVersion: number; matcher: WordMatcher }

/**
 * Looks at an order by the rules in force, keeps what they say, and chooses who handles it. Once: whoever asks again
 * about the same check gets the first answer, whatever the rules have become. The contact is read here and nowhere
 * beyond; what is kept and answered are counts, codes and names of rules.
 */
export async function checkOrder(db: Db, deps: CheckDeps, request: CheckRequest): Promise<OrderCheckAnswer> {
  const policy = await deps.policies.current(db, 'abnormal-order')
  const words = await deps.policies.current(db, 'sensitive-words')
  // Before there is a transaction: a new dictionary takes its time.
  const judged = { policy, wordsVersion: words.version, matcher: await deps.words.of(words) }
  return db.transaction().execute(async (tx) => {
    const { placed, number } = request
    const lock = sql`select pg_advisory_xact_lock(hashtextextended(${`order-check/${placed.orderId}`}, 0))`
    const [, known, contacts] = await together(tx, lock, askedAnswer(request), askedContact(placed.contactId))
    const [first] = known
    if (first) return answerOf(first)
    const facts = await readFacts(tx, { deps, judged, request, contact: contacts[0] ?? null })
    if (number > 1) await supersedeChecks(tx, placed.orderId, number)
    return keepAnswer(tx, judged, request, facts)
  })
}

type AnswerRow = {
  outcome: CheckOutcome
  policyVersion: number
  findings: { rule: string; tag: string; action: FindingAction; because: string; handler: string | null }[]
}

function askedAnswer({ placed, number }: CheckRequest): RawBuilder<AnswerRow> {
  return sql`
    select outcome, policy_version as "policyVersion", (
      select coalesce(json_agg(json_build_object('rule', rule, 'tag', tag, 'action', action, 'because', because,
        'handler', handler) order by position), '[]')
      from order_finding as finding
      where finding.order_id = answer.order_id and finding.number = answer.number) as findings
    from order_check as answer where order_id = ${placed.orderId} and number = ${number}`
}

function answerOf({ outcome, policyVersion, findings }: AnswerRow): OrderCheckAnswer {
  return {
    outcome,
    policyVersion,
    findings: findings.map(({ rule, tag, action, because }) => ({ rule, tag, action, because })),
    handler: decisiveFinding(findings)?.handler ?? null,
  }
}

type ContactRow = { id: string; key_id: string; sealed: Buffer | null; division_code: string }

function askedContact(contactId: string): RawBuilder<ContactRow> {
  return sql`select id, key_id, sealed, division_code from contact where id = ${contactId}`
}

type Reading = {
  deps: CheckDeps
  judged: Judged
  request: CheckRequest
  contact: ContactRow | null
}

async function readFacts(tx: Tx, { deps, judged, request, contact }: Reading): Promise<RecordedFacts> {
  const { placed, number } = request
  const { orderId, contactId } = placed
  const person = contact ? openContact(deps.keyRing, contact) : null
  // The contact's own division: the order's may have been read from the address already.
  const divisionCode = contact?.division_code ?? placed.divisionCode
  const { address, phone } = readPerson(person, divisionCode)
  const door = person && address ? addressText(divisionCode, person.address) : null
  const hash = door === null ? null : deps.keyRing.hash(door, 'addresses of orders')
  const [, lately, skus] = await together(
    tx,
    hash === null ? sql`select` : keptAddress(hash, orderId),
    askedLately(placed, hash),
    askedSkus([...new Set(placed.lines.map((line) => line.skuId))]),
  )
  const { customerOrders: orders, customerAmountCents: amountCents } = await recentFactsOf(tx, {
    orderId,
    contactId,
    changeId: null,
  })
  const remark = person?.remark ?? ''
  return abnormalFactsOf({
    order: placed,
    checkNumber: number,
    address,
    phone,
    remark: { characters: [...remark].length, found: judged.matcher.find(remark) },
    customer: { orders, amountCents },
    skus: new Map(skus.map(({ skuId, ...sku }) => [skuId, sku])),
    lately: lately[0] ?? {
      toAddressLastDay: 0,
      toPhoneLastDay: 0,
      duplicatesLastHour: 0,
      duplicatesLastDay: 0,
    },
  })
}

/** Of data that only its platform can open, or that is erased, nothing is said. */
function readPerson(
  person: PersonalData | null,
  divisionCode: string,
): { address: AddressVerdict | null; phone: PhoneKind } {
  if (person === null) return { address: null, phone: 'hidden' }
  const isCiphered = Object.keys(person.ciphertext ?? {}).length > 0
  const isMasked = person.address.includes('*')
  const phone = phoneKindOf(person.phone)
  return {
    address: isCiphered || isMasked ? null : readAddress(divisionCode, person.address),
    phone: isCiphered && phone === 'invalid' ? 'hidden' : phone,
  }
}

function keptAddress(hash: Buffer, orderId: string): RawBuilder<unknown> {
  return sql`insert into address_seen (address, order_id) values (${hash}, ${orderId}) on conflict do nothing`
}

type Lately = {
  toAddressLastDay: number
  toPhoneLastDay: number
  duplicatesLastHour: number
  duplicatesLastDay: number
}

/** Of a number, or an address, that half the country orders under so many of the newest are looked at. */
const MOST = 200

/** Earlier orders only: of two alike the second one is the repetition. */
function askedLately(
  { orderId, contactId, placedAt, lines }: OrderPlaced,
  address: Buffer | null,
): RawBuilder<Lately> {
  const goods = lines
    .map(({ skuId, quantity }): [string, number] => [skuId, quantity])
    .toSorted(([a, many], [b, few]) => (a === b ? many - few : a < b ? -1 : 1))
  const isEarlier = sql`(orders.created_at, orders.id) < (${placedAt}::timestamptz, ${orderId}::uuid)
      and orders.created_at >= ${placedAt}::timestamptz - interval '1 day' and orders.status not in ('expired', 'cancelled')`
  return sql`
    with own as (
      select orders.id, orders.created_at from (
        select id from contact where customer = (select customer from contact where id = ${contactId})
        order by id desc limit ${MOST}
      ) as known join orders on orders.contact_id = known.id
      where ${isEarlier}
    ), alike as (
      select created_at from own where (
        select jsonb_agg(jsonb_build_array(sku_id, quantity) order by sku_id collate "C", quantity)
        from order_line where order_id = own.id) = ${JSON.stringify(goods)}::jsonb
    )
    select (select count(*) from own)::int as "toPhoneLastDay",
      (select count(*) from alike)::int as "duplicatesLastDay",
      (select count(*) from alike where created_at >= ${placedAt}::timestamptz - interval '1 hour')::int as "duplicatesLastHour",
      (select count(*) from (
        select order_id from address_seen where address = ${address} order by order_id desc limit ${MOST}
      ) as seen join orders on orders.id = seen.order_id where ${isEarlier})::int as "toAddressLastDay"`
}

/** Fewer sales say nothing about what is usual. */
const ENOUGH_LINES = 20

function askedSkus(skuIds: string[]): RawBuilder<SkuFacts & { skuId: string }> {
  return sql`
    select id as "skuId", standard_price_cents::float8 as "standardPriceCents", coalesce((
      select quantity from (
        select quantity, sum(lines) over (order by quantity) as so_far, sum(lines) over () as total from (
          select quantity, sum(lines) as lines from sales_line
          where sku_id = sku.id
            and month >= date_trunc('month', clock_timestamp() at time zone ${BUSINESS_TIME_ZONE})::date - interval '3 months'
          group by quantity
        ) as counted
      ) as ranked
      where total >= ${ENOUGH_LINES} and so_far >= total * 0.95 order by quantity limit 1), 0)::int as "usualQuantity"
    from sku where id = any(${skuIds}::text[])`
}

/** Writes down what the rules say. */
async function keepAnswer(
  tx: Tx,
  { policy, wordsVersion }: Judged,
  { placed, number }: CheckRequest,
  facts: RecordedFacts,
): Promise<OrderCheckAnswer> {
  const { orderId, storeId } = placed
  const released = number > 1 ? await releasedFindings(tx, orderId) : []
  const findings = withoutReleased(judgeOrder(policy.document, facts), released)
  const outcome = outcomeOf(findings)
  const isStopped = outcome === 'held' || outcome === 'blocked'
  // A later check was made already, by a worker that is ahead: this one is history.
  await sql`
    insert into order_check (order_id, number, store_id, policy_version, words_version, outcome, facts, state, settled_at)
    select ${orderId}, ${number}, ${storeId}, ${policy.version}, ${wordsVersion}, ${outcome}, ${JSON.stringify(facts)}::jsonb,
      case when not ${isStopped}::boolean then 'passed' when later.is_there then 'superseded' else 'held' end,
      case when ${isStopped}::boolean and later.is_there then clock_timestamp() end
    from (select exists (select from order_check where order_id = ${orderId} and number > ${number}) as is_there) as later`.execute(
    tx,
  )
  const kept: AnswerRow['findings'] = []
  for (const [position, finding] of findings.entries()) {
    const rule = policy.document.rules.find(({ name }) => name === finding.rule)
    const handler = await handlerOf(tx, rule ?? { name: finding.rule, handler: null }, storeId)
    const { tag, severity, action, because, wasReleased } = finding
    await tx
      .insertInto('order_finding')
      .values({
        order_id: orderId,
        number,
        position,
        store_id: storeId,
        rule: finding.rule,
        tag,
        severity,
        action,
        because,
        facts: JSON.stringify(finding.facts),
        handler: handler.account,
        handler_role: handler.role,
        released_by_roles: action === 'block' ? (rule?.releasedBy ?? []) : [],
        state: sql<'noted' | 'held'>`case when ${action} = 'note' then 'noted' else (
          select case state when 'superseded' then 'superseded' else 'held' end from order_check
          where order_id = ${orderId} and number = ${number}) end`,
        was_released: wasReleased,
      })
      .execute()
    kept.push({ rule: finding.rule, tag, action, because, handler: handler.account })
  }
  return answerOf({ outcome, policyVersion: policy.version, findings: kept })
}

async function releasedFindings(tx: Tx, orderId: string): Promise<Pick<Finding, 'rule' | 'facts'>[]> {
  return tx
    .selectFrom('order_finding')
    .select(['rule', 'facts'])
    .where('order_id', '=', orderId)
    .where('state', '=', 'released')
    .execute()
}
