import { Descriptions } from 'antd'
import type { ReactNode } from 'react'

/** What there is to know of one thing, a name and a value each. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <Descriptions
      size="small"
      column={{ xs: 1, sm: 2 }}
      items={facts.map(([label, children]) => ({ key: label, label, children }))}
    />
  )
}
