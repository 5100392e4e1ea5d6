import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openBucket } from '../../connectors/files/bucket.ts'
import { createFileStore, type FileStore } from '../../connectors/files/file-store.ts'
import { UnreachableError } from '../../connectors/outside-errors.ts'
import { type ObjectStore, startObjectStore } from '../../simulator/object-store.ts'

const account = {
  region: 'cn-north-1',
  bucket: 'hub-files',
  accessKeyId: 'AKID',
  secretAccessKey: 'a secret',
}
let folder: string
let bucket: ObjectStore
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'file-store-'))
  bucket = await startObjectStore({ ...account, pageSize: 2 })
})
afterAll(async () => {
  await bucket.close()
  await rm(folder, { recursive: true, force: true })
})
const spool = () => join(folder, 'on-its-way')
const openSimulated = (changes: Partial<typeof account & { endpoint: string }> = {}) =>
  openBucket({ endpoint: bucket.url, pathStyle: true, folder: spool(), ...account, ...changes })

const KINDS: Record<string, () => Promise<FileStore>> = {
  'a folder': async () => createFileStore(join(folder, 'files')),
  'a bucket': () => openSimulated(),
}
const contents = (text: string) => Readable.from([Buffer.from(text)])
const read = async (files: FileStore, key: string) => (await buffer(await files.read(key))).toString()
const keysOf = async (files: FileStore, prefix: string) => {
  const keys = []
  for await (const { key } of files.list(prefix)) keys.push(key)
  return keys.sort()
}

describe.each(Object.keys(KINDS))('%s', (kind) => {
  let files: FileStore
  beforeAll(async () => {
    files = await (KINDS[kind] as () => Promise<FileStore>)()
  })

  test('keeps what is put, replaces it, and forgets it; forgetting twice is no error', async () => {
    await files.put('a/one.txt', contents('one'))
    await files.put('a/one.txt', contents('一'))
    expect(await read(files, 'a/one.txt')).toBe('一')
    await files.remove('a/one.txt')
    await files.remove('a/one.txt')
    await expect(files.read('a/one.txt')).rejects.toThrow()
  })

  test('lists all that is in a folder, however many there are', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `many/deep/file-${100 + index}`)
    for (const key of keys) await files.put(key, contents('x'))
    expect(await keysOf(files, 'many/')).toEqual(keys)
    for (const key of keys) await files.remove(key)
  })

  test('keeps a file that is larger than any buffer, whole', async () => {
    const block = Buffer.alloc(256 * 1024, 'x')
    await files.put('large', Readable.from(Array.from({ length: 24 }, () => block)))
    expect((await buffer(await files.read('large'))).length).toBe(24 * block.length)
    await files.remove('large')
  })

  test('lists what begins so, page after page, with when it was put', async () => {
    const names = ['l/1', 'l/2', 'l/3', 'l/4', 'l/5', 'm/1']
    for (const name of names) await files.put(name, contents(name))
    expect(await keysOf(files, 'l/')).toEqual(names.slice(0, 5))
    for await (const { putAt } of files.list('m/'))
      expect(Math.abs(Date.now() - putAt.getTime())).toBeLessThan(60_000)
    for (const name of names) await files.remove(name)
    expect(await keysOf(files, 'l/')).toEqual([])
  })

  test('what breaks off in its middle is not kept, and leaves nothing', async () => {
    const broken = Readable.from(
      (async function* () {
        yield Buffer.from('half')
        throw new Error('the caller hung up')
      })(),
    )
    await expect(files.put('b/broken', broken)).rejects.toThrow('the caller hung up')
    expect(await keysOf(files, 'b/')).toEqual([])
    const left = await readdir(folder, { recursive: true })
    expect(left.filter((name) => name.endsWith('.part'))).toEqual([])
  })

  test.each(['../x', '/etc/passwd', 'a/../../x', 'a//b', 'A', 'a b', '', 'a/', 'ä', 'a\\b', 'a.tar.gz'])(
    'takes no key that could lead elsewhere: %j',
    async (key) => {
      await expect(files.put(key, contents('x'))).rejects.toThrow('not a key')
      await expect((async () => files.read(key))()).rejects.toThrow('not a key')
      await expect((async () => files.remove(key))()).rejects.toThrow('not a key')
    },
  )
})

describe('a bucket', () => {
  test('is asked again where it is busy for a moment', async () => {
    const files = await openSimulated()
    await files.put('busy', contents('here'))
    bucket.fail(2)
    expect(await read(files, 'busy')).toBe('here')
    bucket.fail(1)
    await files.remove('busy')
    expect([...bucket.objects.keys()]).toEqual([])
  })

  test('that stays away is an error, and what was on its way is gone', async () => {
    const files = await openSimulated({ endpoint: 'http://127.0.0.1:1' })
    await expect(files.put('away', contents('x'))).rejects.toThrow(UnreachableError)
    await expect(files.read('away')).rejects.toThrow(UnreachableError)
    expect(await readdir(spool())).toEqual([])
  })

  test.each<[string, Partial<typeof account>]>([
    ['secret', { secretAccessKey: 'another secret' }],
    ['key', { accessKeyId: 'OTHER' }],
    ['region', { region: 'eu-west-1' }],
    ['bucket', { bucket: 'somebody-elses' }],
  ])('takes and gives nothing under another %s', async (_, changes) => {
    const files = await openSimulated(changes)
    await expect(files.put('x', contents('x'))).rejects.toThrow()
    await expect(files.read('x')).rejects.toThrow()
    expect([...bucket.objects.keys()]).toEqual([])
  })
})
