import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pino } from 'pino'
import { v7 as uuid } from 'uuid'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { createFileStore, type FileStore } from '../../connectors/files/file-store.ts'
import type { ExportRequest } from '../../contracts/exports.ts'
import { appendAudits, SYSTEM_ORIGIN } from '../../store/audit.ts'
import {
  cancelExportJob,
  claimExportJob,
  createExportJob,
  findExportFile,
  findExportJob,
  finishExport,
  MAX_OPEN_EXPORTS,
  reportExport,
} from '../../store/export-jobs.ts'
import { ExportMaker } from '../../workers/export-loop.ts'
import { openTestStore, type TestStore } from './support.ts'

let store: TestStore
let folder: string
let files: FileStore
beforeAll(async () => {
  store = await openTestStore()
  await appendAudits(
    store.db,
    Array.from({ length: 30 }, (_, index) => ({
      ...SYSTEM_ORIGIN,
      action: 'policy.published' as const,
      subject: { kind: 'policy', id: `=${index}` },
    })),
  )
})
afterAll(() => store.close())
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exports-'))
  files = createFileStore(folder)
})
afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
  await store.db.updateTable('export_job').set({ state: 'cancelled', leased_until: null }).execute()
})

const caller = 'account/1'
const request: ExportRequest = {
  kind: 'audit',
  format: 'csv',
  filters: { action: 'policy.published', subjectKind: 'policy' },
  scope: { kind: 'all' },
}
const ask = () =>
  store.inTransaction((tx) => createExportJob(tx, { id: uuid(), caller, actor: 'ops', request }))
const maker = (over: Partial<FileStore> = {}) =>
  new ExportMaker({ db: store.db, files: { ...files, ...over }, logger: pino({ level: 'silent' }) })
const state = async (id: string) => (await findExportJob(store.db, caller, id)).state
const kept = async () => (await readdir(folder, { recursive: true })).filter((name) => name.includes('.'))
const leaseEnds = () =>
  store.db
    .updateTable('export_job')
    .set({ leased_until: new Date(0) })
    .where('state', '=', 'running')
    .execute()

test('a job writes everything that fits to a file, with its hash, and ends with a link', async () => {
  const { exportId } = await ask()
  expect(await maker().runOnce()).toBe(1)
  const job = await findExportJob(store.db, caller, exportId)
  expect(job).toMatchObject({ state: 'done', link: `/v1/exports/${exportId}/file` })
  expect(job.rowsWritten).toBeGreaterThanOrEqual(30)
  const { key } = await findExportFile(store.db, caller, exportId)
  const written = await buffer(await files.read(key))
  expect(written.length).toBe(job.bytes)
  expect(written.toString()).toContain(`'=29`)
  expect(await maker().runOnce()).toBe(0)
})

test('while a job runs, whoever asked sees how far it has come', async () => {
  const actor = uuid()
  const entry = { ...SYSTEM_ORIGIN, actor, action: 'policy.rolled_back' as const }
  await appendAudits(
    store.db,
    Array.from({ length: 5_001 }, (_, index) => ({ ...entry, subject: { kind: 'policy', id: `${index}` } })),
  )
  const { exportId } = await store.inTransaction((tx) =>
    createExportJob(tx, { id: uuid(), caller, actor: 'ops', request: { ...request, filters: { actor } } }),
  )
  const seen: [string, number][] = []
  const look = async () => {
    const job = await findExportJob(store.db, caller, exportId)
    seen.push([job.state, job.rowsWritten])
  }
  const slow = maker({
    put: async (key, contents) => {
      await files.put(key, contents)
      await look()
    },
  })
  await look()
  await slow.runOnce()
  await look()
  expect(seen).toEqual([
    ['waiting', 0],
    ['running', 5_000],
    ['done', 5_001],
  ])
})

test('nobody else sees a job, and a file that is not there is not handed out', async () => {
  const { exportId } = await ask()
  await expect(findExportJob(store.db, 'account/2', exportId)).rejects.toMatchObject({
    code: 'export-not-found',
  })
  await expect(findExportFile(store.db, caller, exportId)).rejects.toMatchObject({ code: 'export-not-ready' })
})

test('what a worker that died left is made again by another one, and the dead one changes nothing any more', async () => {
  const { exportId } = await ask()
  const dead = await claimExportJob(store.db)
  if (!dead) throw new Error('there was a job')
  expect(await maker().runOnce()).toBe(0)
  await leaseEnds()
  expect(await maker().runOnce()).toBe(1)
  expect(await state(exportId)).toBe('done')
  expect(await reportExport(store.db, dead, 1)).toBe(false)
  expect(await finishExport(store.db, dead, { rows: 1, bytes: 1, sha256: Buffer.alloc(32) })).toBe(false)
  expect((await findExportFile(store.db, caller, exportId)).key).toBe(`exports/${exportId}-2.csv`)
  expect(await kept()).toEqual([`exports/${exportId}-2.csv`])
})

test('a worker that was given up may neither report nor finish while its successor works', async () => {
  await ask()
  const slow = await claimExportJob(store.db)
  await leaseEnds()
  const successor = await claimExportJob(store.db)
  if (!slow || !successor) throw new Error('there was a job')
  expect(await reportExport(store.db, slow, 1)).toBe(false)
  expect(await finishExport(store.db, slow, { rows: 1, bytes: 1, sha256: Buffer.alloc(32) })).toBe(false)
  expect(await reportExport(store.db, successor, 1)).toBe(true)
})

test('of two workers one has the job', async () => {
  await ask()
  const claims = await Promise.all(Array.from({ length: 8 }, () => claimExportJob(store.db)))
  expect(claims.filter(Boolean)).toHaveLength(1)
})

test('one that is cancelled while it runs leaves no file', async () => {
  const { exportId } = await ask()
  const cancelling = maker({
    put: async (key, contents) => {
      await cancelExportJob(store.db, caller, exportId)
      await files.put(key, contents)
    },
  })
  await cancelling.runOnce()
  expect(await state(exportId)).toBe('cancelled')
  expect(await kept()).toEqual([])
  expect((await cancelExportJob(store.db, caller, exportId)).state).toBe('cancelled')
})

test('one that fails is tried three times, leaves nothing behind, and then stays failed', async () => {
  const { exportId } = await ask()
  const failing = maker({ put: async () => Promise.reject(new Error('the disk is full')) })
  await failing.runOnce()
  expect(await state(exportId)).toBe('waiting')
  await failing.runOnce()
  await failing.runOnce()
  expect(await state(exportId)).toBe('failed')
  expect(await failing.runOnce()).toBe(0)
})

test('a file whose time is over is removed, and the link with it', async () => {
  const { exportId } = await ask()
  await maker().runOnce()
  await store.db
    .updateTable('export_job')
    .set({ expires_at: new Date(0) })
    .where('id', '=', exportId)
    .execute()
  await maker().runOnce()
  expect(await findExportJob(store.db, caller, exportId)).toMatchObject({ state: 'expired', link: null })
  expect(await kept()).toEqual([])
})

test('a caller has so many at once and no more, also when they come together', async () => {
  const asked = await Promise.allSettled(Array.from({ length: MAX_OPEN_EXPORTS + 3 }, ask))
  expect(asked.filter((result) => result.status === 'fulfilled')).toHaveLength(MAX_OPEN_EXPORTS)
  expect(asked.find((result) => result.status === 'rejected')).toMatchObject({
    reason: { code: 'too-many-exports' },
  })
})

test.each(['../x', '/etc/passwd', 'exports/../../x', 'a//b', 'A b', '', 'exports/x.csv/..'])(
  'a key cannot lead out of the folder: %j',
  async (key) => {
    await expect(async () => files.put(key, Readable.from(['x']))).rejects.toThrow('not a key')
    await expect(async () => files.read(key)).rejects.toThrow('not a key')
  },
)
