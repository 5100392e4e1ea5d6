import type { ReactNode } from 'react'

/** The filters above a list, as a group that assistive technology can name. */
export function FilterBar({ label, children }: { label: string; children: ReactNode }) {
  return (
    <search aria-label={label} className="filter-bar">
      {children}
    </search>
  )
}
