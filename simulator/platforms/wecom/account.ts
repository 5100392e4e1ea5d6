import { createHmac } from 'node:crypto'

/** What a merchant's WeCom app is called with, calls back with, and its group robot. */
export type WecomAccount = {
  corpId: string
  agentId: string
  secret: string
  token: string
  /** 43 characters: Base64 of 32 bytes without its `=`. */
  encodingAesKey: string
  robotKey: string
}

/** The account that follows from a secret, so that whoever directs the play knows it, too. */
export function wecomAccountOf(secret: string): WecomAccount {
  const of = (what: string) => createHmac('sha256', secret).update(`wecom/${what}`)
  return {
    corpId: 'ww5823bf96d3bd56c7',
    agentId: '1000002',
    secret: of('secret').digest('base64url'),
    token: of('token').digest('hex').slice(0, 32),
    encodingAesKey: aesKeyOf(secret),
    robotKey: of('robot').digest('hex'),
  }
}

/** 43 letters and digits, as WeCom makes them; the last one so that it is Base64 of whole bytes. */
function aesKeyOf(secret: string): string {
  const letters = createHmac('sha512', secret).update('wecom/aes').digest('hex').slice(0, 42)
  return `${letters}A`
}
