import { pino } from 'pino'
import { UnreachableError } from '../../connectors/outside-errors.ts'
import { WmsReader } from '../../connectors/wms/reader.ts'
import type { Db } from '../../store/database.ts'
import { KeyRing } from '../../store/keyring.ts'
import { ReconciliationRunner } from '../../workers/reconciliation-runner.ts'
import { TEST_PAYLOAD_KEYS } from './keys.ts'

type Deps = ConstructorParameters<typeof ReconciliationRunner>[0]

/** A runner that reaches those who are named, and nobody else. */
export function testRunner(db: Db, deps: Partial<Deps> = {}): ReconciliationRunner {
  return new ReconciliationRunner({
    db,
    logger: pino({ level: 'silent' }),
    finance: null,
    crm: null,
    erp: null,
    courierBills: async () => {
      throw new UnreachableError('there is no courier gateway')
    },
    connectors: {},
    callLimits: { take: async () => undefined },
    dataKeys: KeyRing.parse(TEST_PAYLOAD_KEYS),
    wmsReader: new WmsReader(),
    ...deps,
  })
}
