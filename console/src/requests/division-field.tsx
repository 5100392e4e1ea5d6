import { Cascader } from 'antd'
import { divisionOptions, divisionPath } from './divisions.ts'

/** Province, city and district, by name. */
export function DivisionField({
  id,
  value,
  onChange,
}: {
  id: string
  value: string
  onChange: (divisionCode: string) => void
}) {
  return (
    <Cascader
      id={id}
      allowClear={false}
      showSearch
      options={divisionOptions()}
      value={divisionPath(value)}
      onChange={(path) => onChange(path.at(-1) ?? '')}
    />
  )
}
