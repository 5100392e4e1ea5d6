import type { Config } from '../../contracts/config.ts'
import { openBucket } from './bucket.ts'
import { createFileStore, type FileStore } from './file-store.ts'

/** Where the configuration says that files are kept: in a bucket if there is one, otherwise in the folder. */
export async function openFiles(config: Config): Promise<FileStore> {
  const {
    FILES_S3_BUCKET: bucket,
    FILES_S3_KEY_ID: accessKeyId,
    FILES_S3_KEY_SECRET: secretAccessKey,
  } = config
  if (bucket === undefined || accessKeyId === undefined || secretAccessKey === undefined)
    return createFileStore(config.FILES_DIR)
  return openBucket({
    ...{ bucket, accessKeyId, secretAccessKey },
    endpoint: config.FILES_S3_ENDPOINT,
    region: config.FILES_S3_REGION,
    pathStyle: config.FILES_S3_PATH_STYLE,
    folder: config.FILES_DIR,
  })
}
