import { readFile } from 'node:fs/promises'
import { checkConformance, readVectors } from '../connectors/conformance.ts'

/** `npm run conformance -- FILE`: every vector of a file through the connectors' own functions. 0 all ok, 1 not, 2 no vectors. */
const [file] = process.argv.slice(2)
if (file === undefined) {
  console.error(
    'usage: npm run conformance -- FILE (JSON: a list of vectors, or {"vectors": […]})\n' +
      '用法：npm run conformance -- 文件（JSON：向量列表，或 {"vectors": […]}）',
  )
  process.exit(2)
}
process.exitCode = await run(file)

async function run(path: string): Promise<number> {
  let entries: unknown[]
  try {
    entries = readVectors(await readFile(path, 'utf8'))
  } catch (error) {
    console.error(`${path}: ${error instanceof Error ? error.message : String(error)}`)
    return 2
  }
  const results = entries.map((entry) => checkConformance(entry))
  for (const { id, ok, expected, actual } of results) {
    const name = onOneLine(id)
    console.log(ok ? `ok ${name}` : `FAIL ${name} expected ${inWords(expected)} got ${inWords(actual)}`)
  }
  if (results.length === 0) console.error(`${path}: there are no vectors in it`)
  return results.length > 0 && results.every(({ ok }) => ok) ? 0 : 1
}

function inWords(value: unknown): string {
  try {
    return JSON.stringify(value) ?? 'nothing'
  } catch {
    return 'something that is nested too deeply to be printed'
  }
}

/** A line break in a name would make one result look like two. */
function onOneLine(id: string): string {
  return id.replace(/\p{Cc}/gu, (sign) => JSON.stringify(sign).slice(1, -1))
}
