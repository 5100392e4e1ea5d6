import pg from 'pg'
import { v7 as uuid } from 'uuid'
import { HintWriter } from '../../store/hint-writer.ts'
import { inboxHintOf } from '../../store/intake.ts'
import { measureClosedLoop } from '../closed-loop.ts'
import { machineUse } from '../cpu-time.ts'
import { signedPush } from '../doudian-push.ts'
import type { Figure } from '../figure.ts'
import type { Stage } from '../stage.ts'
import { median } from '../statistics.ts'

const SENDERS = 64
const ROUNDS = 3
const WARM_UP_MS = 1_500
const WINDOW_MS = 4_000
/** A day of a small shop. */
const FEW = 10_000
const FILL_AT_ONCE = 500_000
/** Dearer by this much is still called flat: the caches hold a smaller part. */
const FLAT = 1.5

/** What keeping a push costs in an inbox of few rows and of many. */
export async function measurePushGrowth(
  stage: Stage,
  say: (line: string) => void,
  many: number,
): Promise<Figure[]> {
  const { db, ownerUrl } = await stage.freshDatabase('hub_bench_inbox')
  const owner = new pg.Client({ connectionString: ownerUrl })
  await owner.connect()
  const costs: { wallMs: number; cpuMs: number }[] = []
  for (const size of [FEW, many]) {
    say(`  filling the inbox up to ${size} messages`)
    await fill(owner, size)
    const writer = new HintWriter(db)
    const loop = { concurrency: SENDERS, warmUpMs: WARM_UP_MS, windowMs: WINDOW_MS, signal: stage.signal }
    const rounds: { wallMs: number; cpuMs: number }[] = []
    for (let round = 0; round < ROUNDS; round += 1) {
      const sample = () => [machineUse()?.ownMs ?? 0]
      const { perSecond, growth } = await measureClosedLoop(() => writer.submit([newHint()]), {
        ...loop,
        sample,
      })
      rounds.push({ wallMs: 1000 / perSecond, cpuMs: growth[0] ?? 0 })
    }
    const cost = {
      wallMs: median(rounds.map(({ wallMs }) => wallMs)),
      cpuMs: median(rounds.map(({ cpuMs }) => cpuMs)),
    }
    costs.push(cost)
    say(
      `  ${size} messages: ${cost.wallMs.toFixed(3)} ms a push, ${cost.cpuMs.toFixed(3)} ms of processor time`,
    )
  }
  await owner.end()
  stage.check()
  const [few, last] = [costs[0], costs.at(-1)]
  if (!few || !last) throw new Error('nothing was measured')
  // Processor time, too: it says the same beside other programs.
  return (['wallMs', 'cpuMs'] as const).map((time) => ({
    name: time === 'wallMs' ? 'push-growth' : 'push-growth-cpu',
    value: last[time],
    unit: 'ms',
    baseline: few[time],
    aim: { atMost: FLAT },
    against: `an inbox of ${FEW} messages instead of ${many}`,
  }))
}

function newHint() {
  const { body } = signedPush()
  return inboxHintOf({
    platform: 'doudian',
    shopId: 'BENCH-DY',
    messageId: uuid(),
    type: '101',
    platformOrderId: String(Math.trunc(Math.random() * 1e15)),
    occurredAt: new Date(),
    isKnown: true,
    raw: body,
    receivedAt: new Date(),
    traceParent: null,
    isFollowed: true,
  })
}

/** Messages that were fetched long ago, with ids in no order, so that the index is as wide as it gets. */
async function fill(owner: pg.Client, upTo: number): Promise<void> {
  for (;;) {
    const { rows } = await owner.query<{ count: number }>('select count(*)::int as count from inbox')
    const missing = upTo - (rows[0]?.count ?? 0)
    if (missing <= 0) break
    await owner.query(
      `with message as (
        insert into inbox (source, shop, source_event_id, type, order_key, state, occurred_at, settled_at)
        select 'doudian', 'BENCH-DY', gen_random_uuid()::text, '101',
          'doudian/BENCH-DY/' || (random() * 1e15)::bigint, 'fetched', now(), now()
        from generate_series(1, $1) returning id, received_at)
      insert into inbox_body (inbox_id, received_at, body)
      select id, received_at, jsonb_build_object('raw', $2::text) from message`,
      [Math.min(missing, FILL_AT_ONCE), signedPush().body],
    )
  }
  await owner.query('vacuum analyze inbox, inbox_body')
  await owner.query('checkpoint')
}
