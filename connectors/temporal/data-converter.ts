import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { DataConverter } from '@temporalio/common'
import { PayloadCryptoCodec, type Sealer } from './codec.ts'

/** The failure converter's file, wherever this module runs from: the sources or the bundle in dist/. */
export const failureConverterPath = join(projectRoot(), 'connectors/temporal/failure-converter.cjs')

/** How payloads look on the wire and in histories: encrypted, and the texts and stacks of failures with them. */
export function createDataConverter(sealer: Sealer): DataConverter {
  return { payloadCodecs: [new PayloadCryptoCodec(sealer)], failureConverterPath }
}

function projectRoot(): string {
  let folder = import.meta.dirname
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error('package.json was not found above the running program')
    folder = parent
  }
  return folder
}
