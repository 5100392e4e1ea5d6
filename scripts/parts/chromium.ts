import { findProgram } from './cache.ts'
import { canInstallPackages, installPackage } from './debian.ts'
import { type Print, print } from './progress.ts'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'Chromium',
  'Google Chrome',
]
const systemFolders = [
  '/usr/bin',
  '/usr/local/bin',
  '/snap/bin',
  '/opt/homebrew/bin',
  '/Applications/Chromium.app/Contents/MacOS',
  '/Applications/Google Chrome.app/Contents/MacOS',
]
const howToGetOne =
  'install Chromium (on Debian, as root, this happens by itself), or name the program of one in CHROMIUM_PATH'

/** What the search for a browser depends on; tests give their own. */
export interface ChromiumSearch {
  /** `CHROMIUM_PATH`. */
  named?: string | undefined
  find?: (name: string, extra?: string[]) => string | undefined
  canInstall?: () => Promise<boolean>
  install?: (name: string, service: string | null, out: Print) => Promise<void>
  out?: Print
}

/**
 * The Chromium that the browser tests drive: the one that is named, else one of this machine, else Debian's package, which is
 * installed when we are root. Without any it throws: tests that nobody ran must not look as if they had passed.
 */
export async function findChromium(search: ChromiumSearch = {}): Promise<string> {
  const { named = process.env.CHROMIUM_PATH, find = findProgram } = search
  const { canInstall = canInstallPackages, install = installPackage, out = print } = search
  if (named) {
    const program = find(named, ['/']) // a full path, or a name on the PATH
    if (program) return program
    throw new Error(`Chromium: CHROMIUM_PATH says ${named}, which is no program that can be run`)
  }
  const installed = () => names.map((name) => find(name, systemFolders)).find(Boolean)
  const found = installed()
  if (found) return found
  if (await canInstall()) {
    await install('chromium', null, out)
    const fresh = installed()
    if (fresh) return fresh
  }
  throw new Error(`Chromium: ${howToGetOne}`)
}
