import { Card } from 'antd'
import type { ReactNode } from 'react'

/** A titled part of a screen; assistive technology finds it by that title. */
export function Section({ title, extra, children }: { title: string; extra?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title} className="section">
      <Card size="small" title={<h2 className="section-title">{title}</h2>} extra={extra}>
        {children}
      </Card>
    </section>
  )
}
