type Value = string | number | boolean

/** What of an address is worth a name: its filters, sort and columns, and not the page that one happens to be on. */
export function viewSearchOf(search: object): Record<string, Value> {
  return Object.fromEntries(
    Object.entries(search).filter(
      (entry): entry is [string, Value] =>
        entry[0] !== 'cursor' && ['string', 'number', 'boolean'].includes(typeof entry[1]),
    ),
  )
}
