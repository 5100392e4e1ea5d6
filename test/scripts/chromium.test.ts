import { expect, test } from 'vitest'
import { type ChromiumSearch, findChromium } from '../../scripts/parts/chromium.ts'

/** A machine with these programs, on which Debian's package brings another one. */
function machine(present: string[], more: ChromiumSearch & { brings?: string } = {}) {
  const programs = new Set(present)
  const installs: string[] = []
  const search: ChromiumSearch = {
    named: '',
    find: (name) => (programs.has(name) ? `/usr/bin/${name}` : undefined),
    canInstall: async () => more.brings !== undefined,
    install: async (name) => {
      installs.push(name)
      if (more.brings) programs.add(more.brings)
    },
    ...more,
  }
  return { search, installs }
}

test('a browser of the machine is taken as it is, and nothing is installed', async () => {
  const { search, installs } = machine(['google-chrome'], { brings: 'chromium' })
  expect(await findChromium(search)).toBe('/usr/bin/google-chrome')
  expect(installs).toEqual([])
})

test('the one that is named comes before what is installed', async () => {
  const { search } = machine(['chromium', 'other'], { named: 'other' })
  expect(await findChromium(search)).toBe('/usr/bin/other')
})

test('one that is named and cannot be run is said, and no other is taken for it', async () => {
  const { search, installs } = machine(['chromium'], { named: '/opt/gone', brings: 'chromium' })
  await expect(findChromium(search)).rejects.toThrow('CHROMIUM_PATH says /opt/gone')
  expect(installs).toEqual([])
})

test('without one, Debian’s package is installed where that is possible', async () => {
  const { search, installs } = machine([], { brings: 'chromium' })
  expect(await findChromium(search)).toBe('/usr/bin/chromium')
  expect(installs).toEqual(['chromium'])
})

test('without one and without a way to install it, the sentence says what to do', async () => {
  const { search } = machine([])
  await expect(findChromium(search)).rejects.toThrow(/^Chromium: install Chromium .*CHROMIUM_PATH$/)
})
