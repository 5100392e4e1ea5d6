import { Select } from 'antd'

/** A list narrowed to one of several values, or not at all. The label stands in the field as long as nothing is chosen. */
export function FilterSelect<Value extends string>({
  label,
  value,
  onChange,
  options,
  isSearchable = false,
}: {
  label: string
  value: Value | undefined
  onChange: (value: Value | undefined) => void
  options: { value: Value; label: string }[]
  /** Where there may be many: found by typing. */
  isSearchable?: boolean
}) {
  return (
    <Select<Value | undefined>
      aria-label={label}
      placeholder={label}
      allowClear
      showSearch={isSearchable && { optionFilterProp: 'label' }}
      className="filter"
      value={value}
      onChange={onChange}
      options={options}
    />
  )
}
