import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { typesOf } from '../../console/client-types.ts'
import { OFFERED, REPORTS, SCREENS } from '../../console/src/session/screens.ts'
import { clientTypesFile, HEADER } from '../../scripts/generate-client.ts'
import { readOpenapi } from '../../scripts/parts/openapi.ts'

const documentShape = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ description: z.string().optional() }))),
})
let document: unknown
beforeAll(async () => {
  document = await readOpenapi()
}, 120_000)

test('the console’s types are those of the server’s own document', { timeout: 120_000 }, async () => {
  const written = readFileSync(clientTypesFile, 'utf8')
  // Compared first: a difference of twenty thousand lines says less than this sentence.
  const isSame = written === `${HEADER}${await typesOf(document)}`
  expect(isSame, 'run npx tsx scripts/generate-client.ts').toBe(true)
})

test('every part of the document that is referred to is in it', () => {
  const references = JSON.stringify(document).match(/"\$ref":"[^"]+"/g) ?? []
  expect([...new Set(references)]).toEqual([])
})

test('a screen is offered only to roles that the API lets in wherever the screen asks', () => {
  const { paths } = documentShape.parse(document)
  for (const { key, needs } of [...SCREENS, ...REPORTS]) {
    for (const need of needs) {
      const [method = '', path = ''] = need.split(' ')
      const said = paths[path]?.[method.toLowerCase()]?.description ?? ''
      const roles = /Roles: ([^.]+)\./.exec(said)?.[1]?.split(', ') ?? []
      for (const role of OFFERED[key]) expect(roles, `${key} for ${role}: ${need}`).toContain(role)
    }
  }
})
