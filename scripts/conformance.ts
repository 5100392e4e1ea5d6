import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { checkConformance, conformanceVector } from '../connectors/conformance.ts'

/** `npm run conformance -- FILE`: every vector of a file through the connectors' own functions. */
const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error(
    'usage: npm run conformance -- FILE (JSON: a list of vectors)\n用法：npm run conformance -- 文件（JSON 向量列表）',
  )
  process.exit(2)
}
const vectors = z.array(conformanceVector).parse(JSON.parse(await readFile(file, 'utf8')))
const results = vectors.map(checkConformance)
for (const { id, ok, expected, actual } of results) {
  console.log(
    ok ? `ok ${id}` : `FAIL ${id} expected ${JSON.stringify(expected)} got ${JSON.stringify(actual)}`,
  )
}
process.exitCode = results.every((result) => result.ok) ? 0 : 1
