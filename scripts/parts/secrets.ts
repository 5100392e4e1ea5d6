import { randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { ROLES, type Role } from '../../domain/role.ts'
import type { System } from '../../store/identity.ts'

/** A person who can sign in. */
export interface Account {
  user: string
  password: string
  role: Role
}

/** Made once for each clone and kept with mode 0600; nothing here is ever a default. */
export interface Secrets {
  databaseOwnerPassword: string
  hubAppPassword: string
  /** "keyId:base64-of-32-bytes"; the first of several encrypts. */
  dataKeys: string
  payloadKeys: string
  sessionSecret: string
  outsideSecret: string
  /** One key for each system; the seed stores them hashed. */
  apiKeys: Record<System, string>
  accounts: Account[]
}

const token = (bytes: number) => randomBytes(bytes).toString('base64url')

/** New random secrets. */
export function generateSecrets(): Secrets {
  return {
    databaseOwnerPassword: token(24),
    hubAppPassword: token(24),
    dataKeys: `data1:${randomBytes(32).toString('base64')}`,
    payloadKeys: `payload1:${randomBytes(32).toString('base64')}`,
    sessionSecret: token(48),
    outsideSecret: token(32),
    apiKeys: {
      mall: apiKey('mall'),
      payments: apiKey('payments'),
      warehouse: apiKey('warehouse'),
      ops: apiKey('ops'),
    },
    // One sample account for each role.
    accounts: ROLES.map((role) => ({ user: role.replace('_', '-'), password: token(12), role })),
  }
}

/** The name in front helps whoever finds a key in a log to see whose it is. */
function apiKey(system: System): string {
  return `hub_${system}_${token(24)}`
}

/** The secrets of this data folder; made on first use. */
export function loadSecrets(file: string): Secrets {
  const text = readIfThere(file)
  if (text !== undefined) return parseSecrets(text, file)
  const secrets = generateSecrets()
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(`${file}.new`, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 })
  renameSync(`${file}.new`, file)
  return secrets
}

function parseSecrets(text: string, file: string): Secrets {
  const secrets: Secrets = JSON.parse(text)
  const missing = Object.keys(generateSecrets()).filter((name) => !(name in secrets))
  if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(', ')}: use --reset to begin anew`)
  return secrets
}

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}
