import { randomUUID } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
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
}

/** Letters, digits and dashes in folders: nothing that a file system, or a bucket, could read as a way elsewhere. */
const KEY = /^[a-z0-9-]+(\/[a-z0-9-]+)*(\.[a-z0-9]+)?$/

/** Files in a folder, which all processes share: a volume. */
export function createFileStore(folder: string): FileStore {
  const pathOf = (key: string) => {
    if (!KEY.test(key)) throw new Error('this is not a key of a file')
    return join(folder, key)
  }
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
  }
}
