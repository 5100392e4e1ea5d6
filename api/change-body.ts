import type { ChangeBody } from '../contracts/change-requests.ts'
import type { Change } from '../domain/change.ts'

/**
 * The change that a body asks for.
 *
 * @param contactId where an address is sealed; for that type alone
 */
export function changeOf(body: ChangeBody, contactId: string): Change {
  switch (body.type) {
    case 'address':
      return { type: 'address', contactId, divisionCode: body.contact.divisionCode }
    case 'price': {
      const { type, lines, freightCents } = body
      return freightCents === undefined ? { type, lines } : { type, lines, freightCents }
    }
    default:
      return body
  }
}
