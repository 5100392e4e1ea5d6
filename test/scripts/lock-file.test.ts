import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { z } from 'zod'

const root = join(import.meta.dirname, '../..')
const entry = z.object({
  version: z.string().optional(),
  link: z.boolean().optional(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
})
const lock = z.object({ packages: z.record(z.string(), entry) })

describe.each(['package-lock.json', 'bench/console/lighthouse/package-lock.json'])('%s', (file) => {
  const { packages } = lock.parse(JSON.parse(readFileSync(join(root, file), 'utf8')))
  /** What comes from a registry: not this package, and not the console, which is a folder of it. */
  const installed = Object.entries(packages).filter(
    ([path, { link }]) => path.includes('node_modules/') && !link,
  )

  test('says of every package which bytes it is, also of those for other platforms', () => {
    const strange = installed.filter(
      ([, { integrity }]) => !/^sha512-[A-Za-z0-9+/]{86}==$/.test(integrity ?? ''),
    )
    expect(strange.map(([path, { version }]) => `${path}@${version}`)).toEqual([])
  })

  test('names the optional packages of every platform: who installs elsewhere gets the same ones', () => {
    const missing = installed.flatMap(([path, { optionalDependencies }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !packages[`node_modules/${name}`] && !packages[`${path}/node_modules/${name}`],
      ),
    )
    expect(missing).toEqual([])
  })

  test('names no registry: whoever installs uses the one that is set up', () => {
    expect(installed.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([])
  })
})
