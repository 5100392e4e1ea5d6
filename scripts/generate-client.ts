/**
 * Writes the types by which the console asks the API: `npx tsx scripts/generate-client.ts`. They are made from the document
 * that the server makes of its own routes; test/scripts/console-client.test.ts fails while the two differ.
 */
import { writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { typesOf } from '../console/client-types.ts'
import { readOpenapi } from './parts/openapi.ts'

/** Where the console's client looks for them. */
export const clientTypesFile = join(
  dirname(dirname(fileURLToPath(import.meta.url))),
  'console/src/api/schema.generated.ts',
)

/** What that file begins with. */
export const HEADER =
  "/* Made from the server's OpenAPI document by scripts/generate-client.ts. Do not edit. */\n\n"

if (process.argv[1] && pathToFileURL(resolve(process.argv[1])).href === import.meta.url) {
  writeFileSync(clientTypesFile, `${HEADER}${await typesOf(await readOpenapi())}`)
}
