import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Role } from '../domain/role.ts'
import { createDatabase, type Db } from '../store/database.ts'
import { createApiKey, SYSTEMS, type System, upsertAccount } from '../store/identity.ts'

export type SeedSecrets = {
  apiKeys: Record<System, string>
  accounts: { user: string; password: string; role: Role }[]
}

const folder = join(import.meta.dirname, 'seed')
/** The director's region; the sample stores of people lie in it, too. */
const REGION = '华东'

/**
 * Fills an empty hub: a key for each system and an account for each role straight into the database (somebody must
 * be the first who may call the API), then the sample catalogue through the same import routes as everybody's.
 * Running it again changes nothing; stock and listings go in only where there are none.
 *
 * @param databaseUrl of a role that may write accounts and keys
 * @throws Error naming the file and the first lines that the API refused
 */
export async function seed(options: {
  api: string
  databaseUrl: string
  secrets: SeedSecrets
}): Promise<void> {
  const db = createDatabase(options.databaseUrl, 2)
  try {
    const stores = await readSeed('stores.csv')
    await seedIdentities(db, options.secrets, idsOf(stores))
    for (const name of ['warehouses', 'skus'] as const) {
      await importCsv(options, `/v1/${name}/import`, await readSeed(`${name}.csv`))
    }
    await importCsv(options, '/v1/stores/import', stores)
    const stocked = await db.selectFrom('stock_level').select('sku_id').limit(1).executeTakeFirst()
    if (!stocked) await importCsv(options, '/v1/stock/adjustments/import', await readSeed('stock.csv'))
    await importCsv(options, '/v1/listings/import', await readSeed('listings.csv'))
  } finally {
    await db.destroy()
  }
}

async function seedIdentities(db: Db, { apiKeys, accounts }: SeedSecrets, storeIds: string[]): Promise<void> {
  for (const system of SYSTEMS) {
    await createApiKey(db, { name: `sample-${system}`, system, storeIds: [], secret: apiKeys[system] })
  }
  for (const { user, password, role } of accounts) {
    await upsertAccount(db, {
      userName: user,
      displayName: user,
      role,
      password,
      storeIds: storesOf(role, storeIds),
      region: role === 'regional_director' || role === 'inspector' ? REGION : null,
    })
  }
}

/** A clerk looks after some stores, so that a newcomer sees that others are hidden. */
const CLERK_STORES = 6

function storesOf(role: Role, storeIds: string[]): string[] {
  if (role === 'clerk') return storeIds.slice(0, CLERK_STORES)
  return role === 'team_lead' || role === 'store_manager' ? storeIds : []
}

function readSeed(name: string): Promise<string> {
  return readFile(join(folder, name), 'utf8')
}

/** The first column below the header; the sample files quote no ids. */
function idsOf(csv: string): string[] {
  return csv
    .split(/\r?\n/)
    .slice(1)
    .map((line) => line.split(',', 1)[0] ?? '')
    .filter(Boolean)
}

async function importCsv(
  { api, secrets }: { api: string; secrets: SeedSecrets },
  path: string,
  csv: string,
): Promise<void> {
  const response = await fetch(new URL(path, api), {
    method: 'POST',
    headers: {
      authorization: `Bearer ${secrets.apiKeys.ops}`,
      'content-type': 'text/csv; charset=utf-8',
      'idempotency-key': `seed${path.replaceAll('/', '-')}`,
    },
    body: csv,
  })
  if (!response.ok)
    throw new Error(`seeding ${path}: ${response.status} ${(await response.text()).slice(0, 500)}`)
}
