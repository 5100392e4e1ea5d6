import { createHash } from 'node:crypto'

/** base64(raw MD5(java.net.URLEncoder.encode(msgData + timestamp + checkWord))). */
export function signSf(msgData: string, timestamp: string, checkWord: string): string {
  return createHash('md5')
    .update(javaUrlEncode(msgData + timestamp + checkWord), 'utf8')
    .digest('base64')
}

/**
 * `java.net.URLEncoder.encode(text, "UTF-8")`: a space is `+`, letters, digits and `-_.*` stay, everything else is
 * escaped; JavaScript's own leaves `!'()~` as they are.
 */
export function javaUrlEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replace(/[!'()~]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+')
}
