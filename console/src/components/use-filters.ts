import { useNavigate } from '@tanstack/react-router'

/**
 * Changes filters in the address. Another filter is another list, so that it begins with its first page; typing into a
 * field replaces the entry of the history instead of adding one for each change.
 */
export function useFilters<Search extends object>(): (
  changes: Partial<Record<keyof Search, unknown>>,
) => void {
  const navigate = useNavigate()
  return (changes) =>
    void navigate({
      to: '.',
      search: (present: Record<string, unknown>) => ({ ...present, ...emptied(changes), cursor: undefined }),
      replace: true,
    })
}

/** Filters without a value leave the address. */
function emptied(changes: object): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(changes).map(([name, value]) => [
      name,
      value === '' || value === null || value === false ? undefined : value,
    ]),
  )
}
