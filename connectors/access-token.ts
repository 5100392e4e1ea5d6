import { z } from 'zod'

/** What WeChat and WeCom answer to whoever asks for an app's access token; `expires_in` is in seconds. */
export const accessTokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  expires_in: z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number),
})

/** A token is given back so long before its end: a call that is under way should still find it good. */
export const TOKEN_SPARE_MS = 5 * 60_000
