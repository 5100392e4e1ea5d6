import { v7 as uuid } from 'uuid'
import { orderPlacedBody } from '../../contracts/facts.ts'
import { POLICIES } from '../../contracts/policies/index.ts'
import type { OrderPlaced } from '../../domain/order.ts'
import { WORDS_AT_ONCE, WordMatcher } from '../../domain/sensitive-words.ts'
import { checkout } from '../../store/checkout.ts'
import type { Db } from '../../store/database.ts'
import type { KeyRing } from '../../store/keyring.ts'
import { checkOrder } from '../../store/order-checks.ts'
import { Policies } from '../../store/policy-cache.ts'
import { publishPolicy } from '../../store/policy-versions.ts'
import { placedFacts } from '../../store/reconcile.ts'
import { SensitiveWords } from '../../store/sensitive-words.ts'
import { orderBody, takeStatistics } from '../catalogue.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const CALLERS = 16
const ROUNDS = 3
/** An order is checked once: so many are there to be checked. */
const ORDERS = 12_000
const PLACED_AT_ONCE = 16
const LOOP = { concurrency: CALLERS, warmUpMs: 500, windowMs: 1_000 }
const WORDS = 100_000
const LOOKS = 2_000
const REMARK = '麻烦尽快发货，家里有老人，送货前请打电话，放门口就行，谢谢老板，周末送到小区北门保安亭'

/**
 * Checks of orders by the default rules with a dictionary of 10⁵ words, each as the worker makes it, against a plain
 * insert; and what it takes to look a remark up, against the built-in dictionary.
 */
export async function measureAbnormal(stage: Stage): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase('hub_bench_abnormal')
  const keyRing = stage.keyRing()
  const many = Array.from({ length: WORDS }, (_, index) => `违${index.toString(36)}禁`)
  await publishPolicy(db, {
    ...{ kind: 'sensitive-words', author: 'bench', reason: 'bench' },
    document: { categories: [{ category: 'stop', title: '停', words: many }] },
  })
  const open = await placeOrders(db, keyRing)
  await takeStatistics(ownerUrl)
  const deps = { keyRing, policies: new Policies(), words: new SensitiveWords() }
  // Built once a version; what a check takes is the question here.
  await deps.words.of(await deps.policies.current(db, 'sensitive-words'))
  const checks: number[] = []
  const inserts: number[] = []
  for (let round = 0; round <= ROUNDS; round += 1) {
    const options = { ...LOOP, signal: stage.signal }
    const checked = await measureClosedLoop(async () => {
      const placed = open.pop()
      if (!placed) throw new Error('every order has been checked: place more')
      await checkOrder(db, deps, { placed, number: 1 })
    }, options)
    const inserted = await measureClosedLoop(() => insertRow(db), options)
    // The first ones meet what has just been started.
    if (round === 0) continue
    checks.push(checked.perSecond)
    inserts.push(inserted.perSecond)
  }
  stage.check()
  return [
    {
      name: 'abnormal',
      value: median(checks),
      unit: 'checks/s',
      baseline: median(inserts),
      against: 'inserts of one row',
    },
    wordsFigure(many),
  ]
}

async function placeOrders(db: Db, keyRing: KeyRing): Promise<OrderPlaced[]> {
  const placed: OrderPlaced[] = []
  const policies = new Policies()
  const hand = async () => {
    while (placed.length < ORDERS) {
      const orderId = uuid()
      const number = placed.length + 1
      const body = orderBody()
      const contact = {
        ...body.contact,
        ...{
          phone: String(13_000_000_000 + (number % 4_000)),
          address: `文三路${number % 3_000}号`,
          remark: REMARK,
        },
      }
      await db.transaction().execute(async (tx) => {
        const input = { orderId, placedBy: 'bench', traceParent: null, body: { ...body, contact } }
        const result = await checkout(tx, { keyRing, policies }, input)
        if (!result.ok) throw result.problem
      })
      placed.push(orderPlacedBody.parse(await placedFacts(db, orderId)))
    }
  }
  await Promise.all(Array.from({ length: PLACED_AT_ONCE }, hand))
  return placed
}

async function insertRow(db: Db): Promise<void> {
  await db.insertInto('stock_operation').values({ id: uuid(), result: '{}' }).execute()
}

/** µs for a remark of forty characters. */
function wordsFigure(many: readonly string[]): Figure {
  const built = new WordMatcher()
  for (const { category, words } of POLICIES['sensitive-words'].initial.categories) built.add(category, words)
  const large = new WordMatcher()
  for (let from = 0; from < many.length; from += WORDS_AT_ONCE) {
    large.add('stop', many.slice(from, from + WORDS_AT_ONCE))
  }
  return {
    name: 'abnormal-words',
    value: microseconds(large),
    unit: 'µs',
    baseline: microseconds(built),
    against: 'the built-in dictionary',
  }
}

function microseconds(matcher: WordMatcher): number {
  const startedAtMs = performance.now()
  for (let look = 0; look < LOOKS; look += 1) matcher.find(REMARK)
  return ((performance.now() - startedAtMs) * 1_000) / LOOKS
}
