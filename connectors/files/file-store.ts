import { randomUUID } from 'node:crypto'
import { mkdir, open, opendir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, relative, sep } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/**
 * Where files are kept, by keys of our own making, never by a name that came from outside. What is behind it, a folder or
 * a bucket, is nobody else's business.
 */
export type FileStore = {
  /** Keeps a file, whole or not at all. One that is there under this key is replaced. */
  put: (key: string, contents: Readable) => Promise<void>
  /** @throws when there is none */
  read: (key: string) => Promise<Readable>
  /** Also when it is gone already. */
  remove: (key: string) => Promise<void>
  /** Every file whose key begins so, with when it was put there, in no order. */
  list: (prefix: string) => AsyncIterable<{ key: string; putAt: Date }>
  /** Removes what a crash has left of a `put` that began before this time. */
  removeUnfinished: (before: Date) => Promise<void>
}

/** Letters, digits and dashes in folders: nothing that a file system, or a bucket, could read as a way elsewhere. */
const KEY = /^[a-z0-9-]+(\/[a-z0-9-]+)*(\.[a-z0-9]+)?$/

/** @throws Error when it is no key */
export function requireKey(key: string): string {
  if (!KEY.test(key)) throw new Error('this is not a key of a file')
  return key
}

/** Files in a folder, which all processes share: a volume. */
export function createFileStore(folder: string): FileStore {
  const pathOf = (key: string) => join(folder, requireKey(key))
  const keyOf = (path: string) => relative(folder, path).split(sep).join('/')
  return {
    put: async (key, contents) => {
      const path = pathOf(key)
      await mkdir(dirname(path), { recursive: true })
      // Beside it, and renamed when it is on the disk: a crash leaves no half of a file under its name.
      const part = `${path}.${randomUUID()}.part`
      // Made before anything is read: what is removed after a failure is then certain to be there.
      const file = await open(part, 'wx', 0o600)
      try {
        await pipeline(contents, file.createWriteStream({ flush: true }))
        await rename(part, path)
      } catch (error) {
        await rm(part, { force: true })
        throw error
      }
    },
    read: async (key) => {
      const file = await open(pathOf(key), 'r')
      return file.createReadStream()
    },
    remove: async (key) => rm(pathOf(key), { force: true }),
    list: async function* (prefix) {
      for await (const path of filesIn(folder)) {
        const key = keyOf(path)
        if (!key.startsWith(prefix) || !KEY.test(key)) continue
        const found = await statOf(path)
        if (found) yield { key, putAt: found.mtime }
      }
    },
    removeUnfinished: async (before) => {
      for await (const path of filesIn(folder)) {
        if (!path.endsWith('.part')) continue
        const found = await statOf(path)
        if (found && found.mtime < before) await rm(path, { force: true })
      }
    },
  }
}

/**
 * One after the other: a folder may have more files than memory should hold names. Folder by folder: asked for all of them at once,
 * `opendir` of Node 20 forgets what a folder inside has beyond its first 32.
 */
async function* filesIn(folder: string): AsyncGenerator<string> {
  await mkdir(folder, { recursive: true })
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    for await (const entry of await opendir(next)) {
      const path = join(next, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile()) yield path
    }
  }
}

/** Null where it went meanwhile. */
async function statOf(path: string): Promise<{ mtime: Date } | null> {
  try {
    return await stat(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
