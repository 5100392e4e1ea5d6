import { z } from 'zod'
import type { ConformanceCheck } from '../conformance-vector.ts'
import { signCainiao } from './cainiao/sign.ts'
import { signPush, signQuery } from './kuaidi100/sign.ts'
import { signSf } from './sf/sign.ts'

const secretText = z.string()
const query = z.object({ param: z.string(), customer: z.string() })
const push = z.object({ param: z.string() })
const service = z.object({ msgData: z.string(), timestamp: z.coerce.string() })
const link = z.object({ logistics_interface: z.string() })

/** The couriers' rows of the conformance checks. */
export const COURIER_CHECKS: Readonly<Record<string, ConformanceCheck>> = {
  'kuaidi100/request-sign': ({ input, secret }) => {
    const { param, customer } = query.parse(input)
    return signQuery(param, secretText.parse(secret), customer)
  },
  'kuaidi100/push-sign': ({ input, secret }) => signPush(push.parse(input).param, secretText.parse(secret)),
  'sf-express/request-sign': ({ input, secret }) => {
    const { msgData, timestamp } = service.parse(input)
    return signSf(msgData, timestamp, secretText.parse(secret))
  },
  'cainiao-link/request-sign': linkDigest,
  'cainiao-link/push-sign': linkDigest,
}

/** Calls and pushes are signed alike. */
function linkDigest({ input, secret }: Parameters<ConformanceCheck>[0]): string {
  return signCainiao(link.parse(input).logistics_interface, secretText.parse(secret))
}
