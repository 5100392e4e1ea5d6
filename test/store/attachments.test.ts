import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import pg from 'pg'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ATTACHMENT_FOLDER, AttachmentFiles } from '../../connectors/files/attachment-files.ts'
import { createFileStore, type FileStore } from '../../connectors/files/file-store.ts'
import { eraseAttachment } from '../../store/attachment-retention.ts'
import { attach, deleteDraft, insertAttachment } from '../../store/attachments.ts'
import { SYSTEM_ORIGIN } from '../../store/audit.ts'
import { KeyRing } from '../../store/keyring.ts'
import { AttachmentTidier } from '../../workers/attachment-tidier.ts'
import { openTestStore, type TestStore } from './support.ts'

const HOUR_MS = 3_600_000
const keyRing = KeyRing.parse(`k1:${Buffer.alloc(32, 'a').toString('base64')}`)
const OWNER = 'account/1'
let store: TestStore
let owner: pg.Client
let orderId: string
let folder: string
let files: FileStore
let changeId: string

beforeAll(async () => {
  store = await openTestStore()
  owner = new pg.Client({ connectionString: store.ownerUrl })
  await owner.connect()
  const skuId = await store.addSku({ 'WH-HZ': 10 })
  orderId = (await store.order([{ skuId, quantity: 1 }])).orderId
})
afterAll(async () => {
  await owner.end()
  await store.close()
})
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attachments-'))
  files = createFileStore(folder)
  changeId = await closedRequest(0)
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
  await owner.query('delete from attachment where change_id is null')
})

let number = 0
/** A request that was withdrawn so many days ago. */
async function closedRequest(daysAgo: number): Promise<string> {
  const id = uuid()
  number += 1
  await owner.query(
    `insert into change_request (id, number, order_id, store_id, type, status, version, applicant, order_version, expires_at,
       difference_cents, concession_cents, closed_at)
     select $1, $2, id, store_id, 'price', 'withdrawn', 1, 'clerk', 1, now(), 0, 0, now() - make_interval(days => $4)
     from orders where id = $3`,
    [id, `CR-20261128-${String(number).padStart(4, '0')}`, orderId, daysAgo],
  )
  await owner.query(
    `insert into change_request_version (change_id, request_version, change, reason_code, reason, order_version, effect, facts,
       steps, tier, policy_version, limits, submitted_by)
     values ($1, 1, '{}', 'other', 'r', 1, '{}', '{}', '[]', 't', 0, '{}', 'clerk')`,
    [id],
  )
  return id
}

const contents = Buffer.from('a picture')
async function putFile(): Promise<{ id: string; keyId: string }> {
  const id = uuid()
  return { id, keyId: await new AttachmentFiles(files, keyRing).put(id, { contents, thumbnail: contents }) }
}
async function draft(): Promise<string> {
  const { id, keyId } = await putFile()
  const sha256 = Buffer.alloc(32, id)
  await store.inTransaction((tx) =>
    insertAttachment(tx, {
      ...{
        id,
        owner: OWNER,
        uploadedBy: 'clerk',
        mediaType: 'image/png',
        bytes: 9,
        sha256,
        originalSha256: sha256,
        keyId,
      },
      size: { widthPixels: 3, heightPixels: 3 },
    }),
  )
  return id
}
const bind = (id: string, to = changeId) =>
  store.inTransaction((tx) =>
    attach(tx, { changeId: to, requestVersion: 1, ids: [id], owner: OWNER, attachedBy: 'clerk', most: 10 }),
  )
const kept = async () => {
  const ids = new Set<string>()
  for await (const { key } of files.list(ATTACHMENT_FOLDER))
    ids.add(key.slice(ATTACHMENT_FOLDER.length, -5).slice(0, 36))
  return [...ids]
}
const parts = async () =>
  (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.part'))
const tidier = (over: { hoursLater?: number; files?: FileStore } = {}) =>
  new AttachmentTidier({
    ...{ db: store.db, files: over.files ?? files, keyRing, daysKept: 30 },
    logger: pino({ level: 'silent' }),
    now: () => Date.now() + (over.hoursLater ?? 0) * HOUR_MS,
  })
const age = (id: string, hours: number) =>
  owner.query('update attachment set uploaded_at = now() - make_interval(hours => $2) where id = $1', [
    id,
    hours,
  ])
/** A store whose removals are cut off by the end of the process. */
const crashing: FileStore['remove'] = () => Promise.reject(new Error('the process ended'))

describe('drafts', () => {
  test('one that nobody has named for a day goes with its file; a younger one, and one of a request, stay', async () => {
    const [old, young, bound] = [await draft(), await draft(), await draft()]
    await bind(bound)
    await age(old, 25)
    await age(young, 23)
    await age(bound, 1_000)
    await tidier().runOnce()
    expect((await kept()).sort()).toEqual([young, bound].sort())
    const { rows } = await owner.query('select id from attachment where id = any($1)', [[old, young, bound]])
    expect(rows.map(({ id }) => id).sort()).toEqual([young, bound].sort())
  })

  test('one that is named at the moment at which its time ends is in the request or gone, and never both', async () => {
    for (let round = 0; round < 10; round += 1) {
      const id = await draft()
      await age(id, 25)
      const [bound] = await Promise.allSettled([bind(id), tidier().runOnce()])
      const { rows } = await owner.query('select change_id from attachment where id = $1', [id])
      expect(rows).toEqual(bound.status === 'fulfilled' ? [{ change_id: changeId }] : [])
      expect((await kept()).includes(id)).toBe(bound.status === 'fulfilled')
    }
  })
})

describe('the end of a request’s files', () => {
  test('comes so many days after the request’s: the file goes, its row stays and the trail has its hash', async () => {
    const [old, recent] = [await draft(), await draft()]
    await bind(old, await closedRequest(31))
    await bind(recent, await closedRequest(29))
    await tidier().runOnce()
    expect(await kept()).toEqual([recent])
    const { rows } = await owner.query(
      `select erased_at is not null as erased, action, actor, related_hash = sha256 as same from attachment
       left join audit_entry on subject_id = attachment.id::text where attachment.id = any($1) order by erased desc`,
      [[old, recent]],
    )
    expect(rows).toEqual([
      { erased: true, action: 'attachment.erased', actor: 'system', same: true },
      { erased: false, action: null, actor: null, same: null },
    ])
  })

  test('happens once, whatever is asked again', async () => {
    const id = await draft()
    await bind(id)
    for (const reason of ['one', 'two'])
      await store.inTransaction((tx) => eraseAttachment(tx, id, { ...SYSTEM_ORIGIN, actor: 'admin' }, reason))
    const { rows } = await owner.query('select reason from audit_entry where subject_id = $1', [id])
    expect(rows).toEqual([{ reason: 'one' }])
  })
})

describe('a crash', () => {
  test('between the file and its row leaves a file that is swept away, but not before its row could come', async () => {
    const { id } = await putFile()
    await tidier({ hoursLater: 0.9 }).runOnce()
    expect(await kept()).toEqual([id])
    await tidier({ hoursLater: 1.1 }).runOnce()
    expect(await kept()).toEqual([])
  })

  test('while a file is written leaves a part that is swept away', async () => {
    const put = files.put(
      `${ATTACHMENT_FOLDER}${uuid()}-file`,
      Readable.from(
        (async function* () {
          yield contents
          await new Promise<never>(() => undefined)
        })(),
      ),
    )
    void put
    await expect.poll(parts).toHaveLength(1)
    await tidier({ hoursLater: 0.9 }).runOnce()
    expect(await parts()).toHaveLength(1)
    await tidier({ hoursLater: 1.1 }).runOnce()
    expect(await parts()).toEqual([])
  })

  test.each<[string, (id: string) => Promise<unknown>]>([
    ['of a draft whose time is over', (id) => age(id, 25)],
    ['of a request that ended long ago', async (id) => bind(id, await closedRequest(31))],
  ])('between the row and the file %s leaves a file that is swept away', async (_, end) => {
    const id = await draft()
    await end(id)
    await expect(tidier({ files: { ...files, remove: crashing } }).runOnce()).rejects.toThrow(
      'the process ended',
    )
    expect(await kept()).toEqual([id])
    await tidier({ hoursLater: 1.1 }).runOnce()
    expect(await kept()).toEqual([])
  })

  test('while a draft is taken back leaves a file that is swept away', async () => {
    const id = await draft()
    expect(await deleteDraft(store.db, id, OWNER)).toBe(true)
    await tidier({ hoursLater: 1.1 }).runOnce()
    expect(await kept()).toEqual([])
  })

  test('never takes a file that a row speaks of', async () => {
    const [mine, bound] = [await draft(), await draft()]
    await bind(bound)
    await tidier({ hoursLater: 23 }).runOnce()
    expect((await kept()).sort()).toEqual([mine, bound].sort())
  })
})

test('files are looked through once a day: one that is nobody’s waits for the next time', async () => {
  let hoursLater = 2
  const daily = new AttachmentTidier({
    ...{ db: store.db, files, keyRing, daysKept: 30, logger: pino({ level: 'silent' }) },
    now: () => Date.now() + hoursLater * HOUR_MS,
  })
  await daily.runOnce()
  const { id } = await putFile()
  hoursLater = 25
  await daily.runOnce()
  expect(await kept()).toEqual([id])
  hoursLater = 27
  await daily.runOnce()
  expect(await kept()).toEqual([])
})

test('what is no attachment’s is left alone', async () => {
  await files.put('exports/1.csv', Readable.from([contents]))
  await files.put(`${ATTACHMENT_FOLDER}readme.txt`, Readable.from([contents]))
  const stranger = join(folder, 'attachments', 'Somebody Else’s.txt')
  await writeFile(stranger, contents)
  await utimes(stranger, 0, 0)
  await tidier({ hoursLater: 100 }).runOnce()
  expect((await readdir(folder, { recursive: true })).sort()).toEqual([
    ...[
      'attachments',
      'attachments/Somebody Else’s.txt',
      'attachments/readme.txt',
      'exports',
      'exports/1.csv',
    ],
  ])
})

describe('the table', () => {
  test('an attachment of a request stays with it for ever, whatever the code does', async () => {
    const id = await draft()
    await bind(id)
    const other = await closedRequest(0)
    for (const [statement, message] of [
      [`delete from attachment where id = '${id}'`, 'never deleted'],
      [`update attachment set change_id = null where id = '${id}'`, 'stays there'],
      [`update attachment set change_id = '${other}' where id = '${id}'`, 'stays there'],
      [`update attachment set attached_by = 'somebody' where id = '${id}'`, 'stays there'],
    ] as const)
      await expect(owner.query(statement)).rejects.toThrow(message)
    await owner.query('update attachment set erased_at = now() where id = $1', [id])
    await expect(owner.query('update attachment set erased_at = null where id = $1', [id])).rejects.toThrow(
      'stays erased',
    )
  })

  test('a file that was exchanged for another attachment’s is not handed out', async () => {
    const [one, other] = [await putFile(), await putFile()]
    const attachments = new AttachmentFiles(files, keyRing)
    await files.put(
      `${ATTACHMENT_FOLDER}${one.id}-file`,
      await files.read(`${ATTACHMENT_FOLDER}${other.id}-file`),
    )
    await expect(attachments.read(one.id, 'file', one.keyId)).rejects.toThrow()
    expect(await attachments.read(other.id, 'file', other.keyId)).toEqual(contents)
  })
})
