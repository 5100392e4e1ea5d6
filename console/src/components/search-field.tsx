import { Input } from 'antd'

/** Longer than any number or name that is looked for. */
const MOST_CHARACTERS = 128

/** A list narrowed to what is typed, once Enter is pressed. Whatever the address says stands in the field. */
export function SearchField({
  label,
  hint = label,
  value = '',
  maxLength = MOST_CHARACTERS,
  isNarrow = false,
  onSearch,
}: {
  label: string
  /** What stands in the field as long as it is empty. */
  hint?: string
  value: string | undefined
  maxLength?: number
  /** Where several stand beside each other. */
  isNarrow?: boolean
  onSearch: (text: string) => void
}) {
  return (
    <Input.Search
      key={value}
      className={isNarrow ? 'filter' : 'filter-wide'}
      allowClear
      maxLength={maxLength}
      defaultValue={value}
      aria-label={label}
      placeholder={hint}
      onSearch={(text) => onSearch(text.trim())}
    />
  )
}
