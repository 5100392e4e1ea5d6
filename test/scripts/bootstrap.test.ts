import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { installedMatches, lockStamp, nodeIsNewEnough } from '../../scripts/bootstrap.mjs'

const lock = {
  packages: {
    '': { version: '0.1.0' },
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b-darwin': { version: '1.0.0', optional: true },
  },
}

test('Node older than 20.19 is refused, newer lines are accepted', () => {
  expect(nodeIsNewEnough('20.18.3')).toBe(false)
  expect(nodeIsNewEnough('18.20.0')).toBe(false)
  expect(nodeIsNewEnough('20.19.0')).toBe(true)
  expect(nodeIsNewEnough('22.0.0')).toBe(true)
})

test('a changed lock file changes the stamp', () => {
  expect(lockStamp('a')).toBe(lockStamp('a'))
  expect(lockStamp('a')).not.toBe(lockStamp('b'))
})

test('packages installed by hand count as installed when they are those of the lock file', () => {
  expect(installedMatches(lock, { packages: { 'node_modules/a': { version: '1.0.0' } } })).toBe(true)
})

test('a missing, different or surplus package asks for a new installation', () => {
  expect(installedMatches(lock, { packages: {} })).toBe(false)
  expect(installedMatches(lock, { packages: { 'node_modules/a': { version: '2.0.0' } } })).toBe(false)
  const surplus = { 'node_modules/a': { version: '1.0.0' }, 'node_modules/x': { version: '1.0.0' } }
  expect(installedMatches(lock, { packages: surplus })).toBe(false)
})

test('the lock file names the packages of every platform, without which npm ci refuses it everywhere', () => {
  const text = readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')
  const { packages }: { packages: Record<string, { optionalDependencies?: Record<string, string> }> } =
    JSON.parse(text)
  const absent = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter((name) => !isLocked(packages, path, name)),
  )
  expect(absent).toEqual([])
})

/** As Node resolves it: beside the package, or beside any folder around it. */
function isLocked(packages: Record<string, unknown>, from: string, name: string): boolean {
  const folders = from
    .split('/node_modules/')
    .map((_, i, all) => all.slice(0, all.length - i).join('/node_modules/'))
  return [...folders, ''].some(
    (folder) => `${folder === '' ? '' : `${folder}/`}node_modules/${name}` in packages,
  )
}
