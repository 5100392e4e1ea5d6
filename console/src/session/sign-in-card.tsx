import type { ReactNode } from 'react'
import { Card } from '../components/card.tsx'

type Props = {
  title: string
  children: ReactNode
  /** Language, and the way out. */
  foot?: ReactNode
}

/** All of the page for whoever is not in yet. */
export function SignInCard({ title, children, foot }: Props) {
  return (
    <main className="sign-in">
      <Card className="sign-in-card">
        <h1 className="sign-in-title">{title}</h1>
        {children}
        {foot && <div className="sign-in-foot">{foot}</div>}
      </Card>
    </main>
  )
}
