import { parsePhoneNumberFromString } from 'libphonenumber-js/max'

/**
 * What kind of number a receiver gave. `privacy`: a platform's number that rings through to the buyer, with an extension
 * or of the range 95013. `hidden`: masked, so that nobody here can say whether it is one.
 */
export const PHONE_KINDS = [
  'mobile',
  'landline',
  'service',
  'privacy',
  'foreign',
  'hidden',
  'invalid',
] as const
export type PhoneKind = (typeof PHONE_KINDS)[number]

/** Virtual numbers of the carriers: 95013 with eight to thirteen digits behind. */
const VIRTUAL = /^95013\d{8,13}$/
/** A number, and what is dialled behind it: 18412345678-1234, 0571-87654321转806. */
const WITH_EXTENSION = /^(.*\d\)?)(?:转|分机|ext\.?|[-,;_#x*/])(\d{1,6})$/i
/** Ends in a digit: what breaks off is not whole. */
const WHOLE = /^\+?[\d()-]*\d$/

/** The kind of a number, however it is written; China's unless it says otherwise. Never throws. */
export function phoneKindOf(phone: string): PhoneKind {
  const text = phone.normalize('NFKC').replaceAll(/[\s.]/g, '')
  if (text.includes('*')) return 'hidden'
  const kind = wholeKindOf(text)
  if (kind !== 'invalid') return kind
  const [, base = '', extension] = WITH_EXTENSION.exec(text) ?? []
  if (extension === undefined) return 'invalid'
  const called = wholeKindOf(base)
  if (called === 'mobile') return 'privacy'
  return called === 'landline' || called === 'service' ? called : 'invalid'
}

function wholeKindOf(text: string): PhoneKind {
  if (!WHOLE.test(text)) return 'invalid'
  const digits = text.replaceAll(/\D/g, '')
  if (VIRTUAL.test(digits)) return 'privacy'
  // Written without its plus, or with the 00 that is dialled instead of it.
  const national = text.startsWith('+') ? text : digits.replace(/^(?:00)?86(?=1\d{10}$)/, '')
  const number = parsePhoneNumberFromString(national, 'CN')
  if (!number?.isValid()) return 'invalid'
  if (number.country !== 'CN') return 'foreign'
  const type = number.getType()
  if (type === 'MOBILE') return 'mobile'
  return type === 'FIXED_LINE' || type === 'FIXED_LINE_OR_MOBILE' ? 'landline' : 'service'
}
