/** A process that tells its parent how long stock is held, whenever it has looked. */
import { setTimeout as delay } from 'node:timers/promises'
import { createDatabase } from '../../store/database.ts'
import { Policies } from '../../store/policy-cache.ts'

const LOOK_AGAIN_MS = 20

const db = createDatabase(process.env.READER_DATABASE_URL ?? '', 1)
const policies = new Policies()
process.on('disconnect', () => process.exit(0))
for (;;) {
  const { document } = await policies.current(db, 'reservation')
  process.send?.(document.holdTtlSeconds)
  await delay(LOOK_AGAIN_MS)
}
