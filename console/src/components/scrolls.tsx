import type { ReactNode } from 'react'

/** What is wider than its place scrolls within it, by keyboard as well. */
export function Scrolls({ label, children }: { label: string; children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be scrollable by keyboard
    <section className="scrolls" tabIndex={0} aria-label={label}>
      {children}
    </section>
  )
}
