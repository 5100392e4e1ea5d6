import { existsSync } from 'node:fs'
import { readFile, rm, writeFile } from 'node:fs/promises'
import { capture, findProgram, mustRun } from './cache.ts'
import { type Print, withProgress } from './progress.ts'

const policyFile = '/usr/sbin/policy-rc.d'

/** May this process install Debian's packages? */
export async function canInstallPackages(): Promise<boolean> {
  if (process.getuid?.() !== 0 || findProgram('apt-get') === undefined) return false
  const text = await readFile('/etc/os-release', 'utf8').catch(() => '')
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(text)
}

/** Install one of Debian's packages without what it merely recommends, and keep its service, if it has one, from starting. */
export async function installPackage(name: string, service: string | null, out: Print): Promise<void> {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const wait = ['-o', 'DPkg::Lock::Timeout=120']
  const install = ['install', '-y', '--no-install-recommends', name]
  const work = async () => {
    await mustRun('apt-get', [...wait, 'update'], { env })
    await mustRun('apt-get', [...wait, ...install], { env })
  }
  await withProgress(`Installing Debian's package ${name}`, () => withoutServices(service, work), out)
}

/** Packages that are installed at the same time share the one policy file. */
let underWay: Promise<void> = Promise.resolve()

/** Debian starts a service as soon as it is installed; we start our own server on our own port and data. */
function withoutServices(service: string | null, work: () => Promise<void>): Promise<void> {
  const turn = underWay.then(async () => {
    if (existsSync(policyFile)) return work()
    await writeFile(policyFile, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
    try {
      await work()
      if (service && findProgram('systemctl')) await capture('systemctl', ['disable', service])
    } finally {
      await rm(policyFile, { force: true })
    }
  })
  underWay = turn.catch(() => undefined)
  return turn
}
