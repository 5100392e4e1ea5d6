/** Only what is given: a parameter without a value is another thing than none. */
type Present<Search> = { [Name in keyof Search]?: Exclude<Search[Name], undefined> }
/** A flag of a query is a word, of a body it is one. */
type Words<Search> = {
  [Name in keyof Search]?: Exclude<Search[Name], undefined> extends boolean
    ? string
    : Exclude<Search[Name], undefined>
}

/** Search parameters without those that have no value, as a body takes them. */
export function present<Search extends object>(search: Search): Present<Search> {
  return Object.fromEntries(
    Object.entries(search).filter(([, value]) => value !== undefined),
  ) as Present<Search> // the same fields
}

/** The same as a query of the API takes them. */
export function asQuery<Search extends object>(search: Search): Words<Search> {
  const words = Object.entries(present(search)).map(([name, value]) => [
    name,
    typeof value === 'boolean' ? String(value) : value,
  ])
  return Object.fromEntries(words) as Words<Search> // the same fields
}
