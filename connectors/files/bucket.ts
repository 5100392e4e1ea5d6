import { createHash, randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable, Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { UnreachableError } from '../outside-errors.ts'
import { createFileStore, type FileStore, requireKey } from './file-store.ts'

export type BucketOptions = {
  /** Absent: AWS's own of the region. */
  endpoint?: string | undefined
  region: string
  bucket: string
  accessKeyId: string
  secretAccessKey: string
  /** The bucket stands in the path, not in the host's name. */
  pathStyle: boolean
  /** A folder for what is on its way: a bucket wants to know first how long a file is. */
  folder: string
}

const CONNECT_MS = 5_000
/** Between two bytes of an answer. */
const SILENCE_MS = 30_000
const TRIES = 3
/** What fails is thrown, and whoever called says it; the library would write it to the console, too. */
const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

/** Files in a bucket of S3, or of whoever speaks like it (OSS, COS, MinIO). */
export async function openBucket(options: BucketOptions): Promise<FileStore> {
  // Only who has a bucket loads this: it takes a quarter of a second and 30 MB.
  const aws = await import('@aws-sdk/client-s3')
  const { bucket: Bucket, accessKeyId, secretAccessKey, folder, endpoint } = options
  const client = new aws.S3Client({
    region: options.region,
    credentials: { accessKeyId, secretAccessKey },
    forcePathStyle: options.pathStyle,
    maxAttempts: TRIES,
    logger: SILENT,
    requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
    // Checksums of AWS's own kind are unknown elsewhere; what is kept is hashed by whoever keeps it.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...(endpoint === undefined ? {} : { endpoint }),
  })
  const unfinished = createFileStore(folder)
  /** Away and refused are two things: only the first passes. */
  const answered = async <Output>(call: Promise<Output>): Promise<Output> => {
    try {
      return await call
    } catch (error) {
      if (error instanceof aws.S3ServiceException && error.$fault === 'client') throw error
      throw new UnreachableError('the bucket does not answer', { cause: error })
    }
  }
  return {
    put: async (key, contents) => {
      const Key = requireKey(key)
      await mkdir(folder, { recursive: true })
      const part = join(folder, `${randomUUID()}.part`)
      const file = await open(part, 'wx', 0o600)
      try {
        const md5 = createHash('md5')
        let bytes = 0
        const measure = new Transform({
          transform(chunk: Buffer, _encoding, done) {
            md5.update(chunk)
            bytes += chunk.length
            done(null, chunk)
          },
        })
        await pipeline(contents, measure, file.createWriteStream())
        // One call: the object is there whole or not at all. The old digest is the one that every such store knows and compares;
        // as a header it is signed, which the body that streams is not.
        const Body = createReadStream(part)
        const ContentMD5 = md5.digest('base64')
        const put = new aws.PutObjectCommand({ Bucket, Key, Body, ContentLength: bytes, ContentMD5 })
        await answered(client.send(put))
      } finally {
        await rm(part, { force: true })
      }
    },
    read: async (key) => {
      const get = new aws.GetObjectCommand({ Bucket, Key: requireKey(key) })
      const { Body } = await answered(client.send(get))
      if (Body instanceof Readable) return Body
      throw new Error('the bucket answered without a file')
    },
    remove: async (key) => {
      await answered(client.send(new aws.DeleteObjectCommand({ Bucket, Key: requireKey(key) })))
    },
    list: async function* (prefix) {
      for await (const page of aws.paginateListObjectsV2({ client }, { Bucket, Prefix: prefix })) {
        for (const { Key, LastModified } of page.Contents ?? [])
          if (Key !== undefined && LastModified) yield { key: Key, putAt: LastModified }
      }
    },
    removeUnfinished: (before) => unfinished.removeUnfinished(before),
  }
}
