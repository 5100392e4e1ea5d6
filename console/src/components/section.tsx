import { type ReactNode, useId } from 'react'
import { Card } from './card.tsx'

/** A titled part of a screen; assistive technology finds it by that title. */
export function Section({
  title,
  extra,
  children,
}: {
  title: string
  extra?: ReactNode
  children: ReactNode
}) {
  const id = useId()
  return (
    <section aria-labelledby={id} className="section">
      <Card>
        <header className="section-head">
          <h2 className="section-title" id={id}>
            {title}
          </h2>
          {extra}
        </header>
        <div className="section-body">{children}</div>
      </Card>
    </section>
  )
}
