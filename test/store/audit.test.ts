import { sql } from 'kysely'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { OUTBOUND_EVENTS } from '../../contracts/outbound-events.ts'
import { type AuditEntry, appendAudit, appendAudits, SYSTEM_ORIGIN } from '../../store/audit.ts'
import { canonicalJson, FIRST_HASH, hashOf } from '../../store/audit-chain.ts'
import type { AuditReport, Head } from '../../store/audit-check.ts'
import {
  exportAuditChain,
  parseHeads,
  verifyAuditChain,
  verifyAuditExport,
} from '../../store/audit-records.ts'
import { keepAuditHead, sealAuditEntries } from '../../store/audit-sealing.ts'
import type { Db } from '../../store/database.ts'
import { collectEvents } from '../../store/outbound-events.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let owner: pg.Client

beforeAll(async () => {
  store = await openTestStore()
  owner = new pg.Client({ connectionString: store.ownerUrl })
  await owner.connect()
})
afterAll(async () => {
  await owner.end()
  await store.close()
})
/** Each test has a chain of its own; only the owner can take one away. */
beforeEach(async () => {
  await owner.query(`
    alter table audit_seal drop constraint if exists audit_seal_entry_id_fkey;
    truncate audit_seal, audit_head, audit_entry restart identity;
    update audit_chain set sequence = 0, hash = decode(repeat('00', 32), 'hex'),
      position_transaction_id = '0', position_entry_id = 0;`)
})

const entry = (id: string, more: Partial<AuditEntry> = {}): AuditEntry => ({
  ...SYSTEM_ORIGIN,
  action: 'policy.published',
  subject: { kind: 'policy', id },
  ...more,
})

async function seal(db: Db = store.db): Promise<number> {
  let sealed = 0
  for (;;) {
    const now = await sealAuditEntries(db, 1_000)
    if (now === 0) return sealed
    sealed += now
  }
}

/** A sealed chain of some entries: `e1`, `e2`, … at the places 1, 2, … */
async function chainOf(length: number): Promise<void> {
  await appendAudits(
    store.db,
    Array.from({ length }, (_, index) => entry(`e${index + 1}`)),
  )
  expect(await seal()).toBe(length)
}

const subjects = async () =>
  (
    await sql<{ subject_id: string }>`
      select subject_id from audit_seal join audit_entry on audit_entry.id = entry_id order by sequence`.execute(
      store.db,
    )
  ).rows.map((row) => row.subject_id)

const findings = async (published?: Head[]): Promise<AuditReport['findings']> =>
  (await verifyAuditChain(store.db, published)).findings

async function headNow(day: string): Promise<Head> {
  const { rows } = await owner.query<{ sequence: string; hash: string }>(
    `select sequence, encode(hash, 'hex') as hash from audit_chain`,
  )
  return { day, sequence: Number(rows[0]?.sequence), hash: rows[0]?.hash ?? '' }
}

/** What somebody with all rights over the database could do: every seal from here on made to fit again. */
async function rewriteSealsFrom(sequence: number): Promise<void> {
  const { rows } = await owner.query<{ hash: string }>(
    `select encode(previous_hash, 'hex') as hash from audit_seal where sequence = $1`,
    [sequence],
  )
  const hash = rows[0]?.hash ?? FIRST_HASH
  await owner.query('delete from audit_seal where sequence >= $1', [sequence])
  await owner.query(
    `update audit_chain set sequence = $1, hash = decode($2, 'hex'), position_transaction_id = transaction_id, position_entry_id = audit_entry.id
     from audit_entry where audit_entry.id = (select entry_id from audit_seal where sequence = $1)`,
    [sequence - 1, hash],
  )
  await seal()
}

describe('an entry', () => {
  test('is there with what it tells, or not at all', async () => {
    await expect(
      store.inTransaction(async (tx) => {
        await appendAudit(tx, entry('undone'))
        throw new Error('the change failed')
      }),
    ).rejects.toThrow('the change failed')
    await store.inTransaction((tx) => appendAudit(tx, entry('done')))
    expect(await seal()).toBe(1)
    expect(await subjects()).toEqual(['done'])
  })

  test.each(['phone', 'receiverName', 'Address'])(
    'that would hold personal data is refused: %s',
    async (member) => {
      const value = { contact_id: 'C-1', lines: [{ [member]: '张三' }] }
      await expect(appendAudit(store.db, entry('x', { newValue: value }))).rejects.toThrow(
        'must not hold personal data',
      )
    },
  )

  test('has phone numbers in its reason masked, and other numbers left alone', async () => {
    const reason = '客户 13812345678 (138 1234 5678) 要求, PAY-202611281381234567899'
    await appendAudit(store.db, entry('masked', { reason }))
    const { rows } = await sql<{ reason: string }>`select reason from audit_entry`.execute(store.db)
    expect(rows[0]?.reason).toBe('客户 138****5678 (138****5678) 要求, PAY-202611281381234567899')
  })
})

describe('the sealer', () => {
  test('leaves out no entry of a transaction that commits late, and the writers never wait', async () => {
    const late = await store.begin()
    await appendAudit(late, entry('late'))
    await appendAudit(store.db, entry('early'))
    // Whoever wrote later may have committed, but nobody knows yet what comes before it.
    expect(await seal()).toBe(0)
    await late.commit().execute()
    expect(await seal()).toBe(2)
    expect(await subjects()).toEqual(['late', 'early'])
    expect(await findings()).toEqual([])
  })

  test('keeps the order within a transaction, across rounds of any size', async () => {
    await appendAudits(
      store.db,
      Array.from({ length: 25 }, (_, index) => entry(`e${index}`)),
    )
    const rounds: number[] = []
    while (rounds.at(-1) !== 0) rounds.push(await sealAuditEntries(store.db, 10))
    expect(rounds).toEqual([10, 10, 5, 0])
    expect(await subjects()).toEqual(Array.from({ length: 25 }, (_, index) => `e${index}`))
    expect(await findings()).toEqual([])
  })

  test('is one of all processes: twenty at once seal each entry once', async () => {
    await appendAudits(
      store.db,
      Array.from({ length: 200 }, (_, index) => entry(`e${index}`)),
    )
    const counts = await Promise.all(Array.from({ length: 20 }, () => sealAuditEntries(store.db, 50)))
    const rest = await seal()
    expect(counts.reduce((sum, count) => sum + count, rest)).toBe(200)
    expect(await findings()).toEqual([])
  })

  test('goes on after a restore onto a server that counts its transactions anew', async () => {
    await chainOf(3)
    await appendAudit(store.db, entry('waiting'))
    // As after loading a dump: old transactions are numbered far beyond what this server has reached.
    await owner.query(`
      update audit_entry set transaction_id = (transaction_id::text::bigint + 1000000000)::text::xid8;
      update audit_chain set position_transaction_id = (position_transaction_id::text::bigint + 1000000000)::text::xid8;`)
    await appendAudit(store.db, entry('after'))
    expect(await seal()).toBe(2)
    await appendAudit(store.db, entry('later'))
    expect(await seal()).toBe(1)
    expect(await subjects()).toEqual(['e1', 'e2', 'e3', 'waiting', 'after', 'later'])
    expect(await findings()).toEqual([])
  })

  test('cannot be made to seal twice, out of turn, or without a hash', async () => {
    await chainOf(2)
    const call = (after: number, ids: string, hashes: string) =>
      sql`select hub_seal_audit(${after}::bigint, ${sql.raw(ids)}, ${sql.raw(hashes)}, '1', 0)`.execute(
        store.db,
      )
    await expect(call(1, "'{1}'", "array[sha256('')]")).rejects.toThrow('the chain ends at 2, not at 1')
    await expect(call(2, "'{1}'", "array[sha256('')]")).rejects.toMatchObject({ code: '23505' })
    await expect(call(2, "'{3}'", "'{}'")).rejects.toThrow('each entry needs a hash')
  })

  test('tells of a head in the transaction that keeps it, once', async () => {
    await chainOf(2)
    expect(await keepAuditHead(store.db)).toBe(true)
    expect(await keepAuditHead(store.db)).toBe(false)
    while ((await collectEvents(store.db, 1_000)) > 0);
    const { rows } = await sql<{ data: object }>`
      select data from outbound_event where type = 'audit.head' and order_key = 'audit/head'`.execute(
      store.db,
    )
    const [head, ...more] = rows
    expect(more).toEqual([])
    expect(OUTBOUND_EVENTS['audit.head']?.data.parse(head?.data)).toMatchObject({ sequence: 2 })
    const published = parseHeads(JSON.stringify({ type: 'audit.head', timestamp: '', ...head }))
    expect(await verifyAuditChain(store.db, published)).toMatchObject({ found: 0, protectedTo: 2 })
  })

  test('keeps one head for each day that has ended, and never another', async () => {
    await chainOf(2)
    expect(await keepAuditHead(store.db)).toBe(true)
    await appendAudit(store.db, entry('e3'))
    await seal()
    expect(await keepAuditHead(store.db)).toBe(false)
    await expect(sql`select hub_keep_audit_head(current_date + 1)`.execute(store.db)).rejects.toThrow(
      'has not ended',
    )
    const report = await verifyAuditChain(store.db)
    expect(report).toMatchObject({ count: 3, lastSequence: 3, protectedTo: 2, unsealed: 0, found: 0 })
  })
})

describe('verifying', () => {
  test('says which of the newest entries no head protects yet', async () => {
    await chainOf(4)
    await keepAuditHead(store.db)
    await appendAudits(store.db, [entry('e5'), entry('e6')])
    await seal()
    await appendAudit(store.db, entry('e7'))
    expect(await verifyAuditChain(store.db)).toMatchObject({
      lastSequence: 6,
      protectedTo: 4,
      unsealed: 1,
      found: 0,
    })
  })

  test.each([
    ['actor', "'somebody else'"],
    ['action', "'policy.rolled_back'"],
    ['subject_id', "'another'"],
    ['old_value', `'{"version": 1}'`],
    ['new_value', `'{"version": 1}'`],
    ['reason', "'a better one'"],
    ['source', "'console'"],
    ['request_id', "'r-1'"],
    ['related_hash', "sha256('')"],
    ['at', "at - interval '1 millisecond'"],
  ])('finds an entry whose %s was altered, and names it', async (column, value) => {
    await chainOf(3)
    await owner.query(`update audit_entry set ${column} = ${value} where subject_id = 'e2'`)
    expect(await findings()).toEqual([{ kind: 'altered', sequence: 2, entryId: 2 }])
  })

  test('finds an altered entry whose own seal was made to fit', async () => {
    await chainOf(3)
    await owner.query(`update audit_seal set hash = sha256('x') where sequence = 2`)
    expect(await findings()).toEqual([
      { kind: 'altered', sequence: 2, entryId: 2 },
      { kind: 'broken-link', sequence: 3, entryId: 3 },
    ])
  })

  test('finds a removed entry, with and without its seal, and names it', async () => {
    await chainOf(4)
    await owner.query(`delete from audit_entry where subject_id = 'e2'`)
    expect(await findings()).toEqual([{ kind: 'removed', sequence: 2, lastSequence: 2, entryId: 2 }])
    await owner.query(`delete from audit_seal where sequence in (2, 3)`)
    expect(await findings()).toContainEqual({ kind: 'removed', sequence: 2, lastSequence: 3, entryId: null })
  })

  test('finds that the newest entries were removed, by what the chain and the heads say of its end', async () => {
    await chainOf(4)
    const published = await headNow('2026-11-27')
    await owner.query(`delete from audit_seal where sequence > 2; delete from audit_entry where id > 2`)
    expect(await findings()).toEqual([{ kind: 'cut-off', day: null, sequence: 4, lastSequence: 2 }])
    // Whoever can remove rows can make the chain's own row fit; a head that is kept elsewhere they cannot.
    await owner.query(
      `update audit_chain set sequence = 2, hash = (select hash from audit_seal where sequence = 2)`,
    )
    expect(await findings()).toEqual([])
    expect(await findings([published])).toEqual([
      { kind: 'cut-off', day: '2026-11-27', sequence: 4, lastSequence: 2 },
    ])
  })

  test('finds an entry that was put in between, unsealed, and names it', async () => {
    await chainOf(3)
    await owner.query(`
      insert into audit_entry (id, transaction_id, actor, action, subject_kind, subject_id, source)
      overriding system value values (1000, '3', 'x', 'policy.published', 'policy', 'forged', 'api')`)
    expect(await seal()).toBe(0)
    expect(await findings()).toMatchObject([{ kind: 'inserted', entryId: 1000 }])
  })

  test('finds an entry that was dated back', async () => {
    await chainOf(3)
    await owner.query(`
      insert into audit_entry (at, actor, action, subject_kind, subject_id, source)
      values (now() - interval '3 days', 'x', 'policy.published', 'policy', 'forged', 'api')`)
    await seal()
    expect(await findings()).toMatchObject([{ kind: 'backdated', sequence: 4, entryId: 4 }])
  })

  test('finds a chain that was written anew from some place on: a published head differs', async () => {
    await chainOf(2)
    const first = await headNow('2026-11-26')
    await appendAudits(store.db, [entry('e3'), entry('e4')])
    await seal()
    const second = await headNow('2026-11-27')
    await owner.query(`update audit_entry set actor = 'somebody else' where subject_id = 'e3'`)
    await rewriteSealsFrom(3)
    expect(await findings()).toEqual([])
    const report = await verifyAuditChain(store.db, [first, second])
    expect(report.findings).toEqual([{ kind: 'head-differs', day: '2026-11-27', sequence: 4, after: 2 }])
    expect(report).toMatchObject({ protectedTo: 2, lastHead: first })
  })

  test('names the first hundred and counts the rest', async () => {
    await chainOf(105)
    await owner.query(`update audit_entry set actor = 'somebody else'`)
    const report = await verifyAuditChain(store.db)
    expect(report.findings).toHaveLength(100)
    expect(report.found).toBe(105)
  })
})

describe('an export', () => {
  async function exported(): Promise<string[]> {
    const lines: string[] = []
    for await (const line of exportAuditChain(store.db)) lines.push(line.trimEnd())
    return lines
  }
  async function* each(lines: string[]) {
    yield* lines
  }

  test('is verified without the database, and says the same', async () => {
    await chainOf(5)
    await keepAuditHead(store.db)
    await appendAudit(store.db, entry('e6', { newValue: { 数: [1.5, -0, 1e21, 'ü\u2028"\\'], b: null } }))
    await seal()
    await appendAudit(store.db, entry('e7'))
    const report = await verifyAuditExport(each(await exported()))
    expect(report).toEqual(await verifyAuditChain(store.db))
    expect(report).toMatchObject({ count: 6, protectedTo: 5, unsealed: 1, found: 0 })
  })

  test('with a line altered, removed, put in or at another place is found out', async () => {
    await chainOf(5)
    const lines = await exported()
    const place = lines.findIndex((line) => line.includes('"e3"'))
    const [third = '', fourth = ''] = lines.slice(place)
    const verify = async (changed: string[]) => (await verifyAuditExport(each(changed))).findings
    expect(await verify(lines.with(place, third.replace('"e3"', '"e33"')))).toEqual([
      { kind: 'altered', sequence: 3, entryId: 3 },
    ])
    expect(await verify(lines.toSpliced(place, 1))).toEqual([
      { kind: 'removed', sequence: 3, lastSequence: 3, entryId: null },
    ])
    expect(await verify(lines.toSpliced(place, 0, fourth))).toMatchObject([
      { kind: 'removed', sequence: 3 },
      { kind: 'inserted', entryId: 3 },
      { kind: 'inserted', entryId: 4 },
    ])
    expect(await verify(lines.toSpliced(place + 1, 0, third))).toMatchObject([
      { kind: 'inserted', entryId: 3 },
    ])
  })

  test('that ends early, or is none, is said to be so', async () => {
    await chainOf(2)
    const lines = await exported()
    await expect(verifyAuditExport(each(lines.slice(0, -1)))).rejects.toThrow('its last line is missing')
    await expect(verifyAuditExport(each(['{"type":"link"}']))).rejects.toThrow('line 1 is not one')
    await expect(verifyAuditExport(each([]))).rejects.toThrow('its last line is missing')
    expect(() => parseHeads('{"day":"2026-11-27"}')).toThrow('line 1 is not a head')
  })
})

describe('canonical JSON', () => {
  test('is that of RFC 8785: the order of UTF-16, numbers of ECMAScript, no space', () => {
    const value = {
      '\u20ac': 1,
      '\r': 2,
      '\ufb33': 3,
      '1': 4,
      '\ud83d\ude00': 5,
      '\u0080': 6,
      '\u00f6': [1e30, 4.5, 0.002, 1e-27],
    }
    expect(canonicalJson(value)).toBe(
      '{"\\r":2,"1":4,"\u0080":6,"ö":[1e+30,4.5,0.002,1e-27],"€":1,"😀":5,"\ufb33":3}',
    )
  })

  test('of one value is one, however its members came', () => {
    expect(hashOf({ a: 1, b: { c: [2], d: null } })).toEqual(hashOf({ b: { d: null, c: [2] }, a: 1 }))
  })

  test.each([[Number.NaN], [Number.POSITIVE_INFINITY], ['\ud800'], [10n]])(
    'refuses what is not JSON: %s',
    (value) => {
      expect(() => canonicalJson(value)).toThrow()
    },
  )
})
