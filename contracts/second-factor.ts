import { z } from 'zod'
import { instant } from './common.ts'

/** The second factor of an account: a code by time from a device, or one of the codes for when the device is lost. */

/** Six digits, or a recovery code as it was shown, with or without its dashes. */
export const secondFactorCode = z
  .string()
  .max(40)
  .regex(/^(\d{6}|[A-Za-z2-7]{4}([- ]?[A-Za-z2-7]{4}){3})$/, 'must be six digits or a recovery code')

const password = z.string().min(1).max(200)

export const secondFactorView = z.object({
  state: z.enum(['off', 'on']),
  since: instant.nullable(),
  recoveryCodesLeft: z.int(),
})
export type SecondFactorView = z.output<typeof secondFactorView>

export const beginSecondFactorBody = z.strictObject({ password })
/** Said once, to be taken over by a device; it counts once a code of it has been entered. */
export const secondFactorSecret = z.object({
  secret: z.string().describe('base32'),
  uri: z.string().describe('otpauth://, as a QR code has it'),
})
export type SecondFactorSecret = z.output<typeof secondFactorSecret>

export const confirmSecondFactorBody = z.strictObject({ code: secondFactorCode })
/** Said once; each opens once. */
export const recoveryCodes = z.object({ recoveryCodes: z.array(z.string()) })

export const removeSecondFactorBody = z.strictObject({ password, code: secondFactorCode })
