import type { ReactNode } from 'react'

/** A white box. The library's own brings tabs along, which nobody here has. */
export function Card({ children, className = '' }: { children: ReactNode; className?: string }) {
  return <div className={`card ${className}`}>{children}</div>
}
