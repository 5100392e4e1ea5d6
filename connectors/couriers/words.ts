import { createHash } from 'node:crypto'

/** What couriers write when a parcel is gone for good; no courier has a state of its own for it. */
const LOST = /遗失|丢失|灭失/
/** A suspicion is not a loss: it would give the customer the money back. */
const NOT_YET_LOST = /疑似|可能|或许|是否|未|没有|并非|如有|避免|防止|谨防/

/** Whether a courier's text says that the parcel is lost, not only feared to be. */
export function saysLost(text: string): boolean {
  return LOST.test(text) && !NOT_YET_LOST.test(text)
}

/** Whether a courier's text says that the receiver does not want the parcel. */
export function saysRefused(text: string): boolean {
  return /拒收|拒签/.test(text)
}

/** Names a scan by what it says, because sources that send everything each time give their lines no ids. */
export function scanId(time: string, text: string): string {
  return createHash('sha256')
    .update(JSON.stringify([time, text]))
    .digest('hex')
    .slice(0, 40)
}

const MAX_CHARACTERS = 500

/** A text as it can be stored and shown: without NUL, and not without end. */
export function plain(text: string): string {
  return text.slice(0, MAX_CHARACTERS).replaceAll('\0', '')
}
