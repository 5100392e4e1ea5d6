import { lazy, type ReactNode, Suspense, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Loading } from './states.tsx'

// Fetched by those who open it: the lists that have views come without their forms.
const SavedViewList = lazy(async () => ({ default: (await import('./saved-view-list.tsx')).SavedViewList }))

export type SavedViewsProps = {
  /** What the API knows the screen's views by. */
  screen: string
  /** A link to the screen, which reads a saved view as it reads any address. */
  linkOf: (search: Record<string, unknown>, name: string) => ReactNode
}

/** Filters under a name: one's own, and what colleagues share. */
export function SavedViews(props: SavedViewsProps) {
  const { t } = useTranslation()
  const [isOpen, setOpen] = useState(false)
  return (
    <details className="column-choice" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{t('views.title')}</summary>
      <div className="card column-list">
        {isOpen && (
          <Suspense fallback={<Loading />}>
            <SavedViewList {...props} />
          </Suspense>
        )}
      </div>
    </details>
  )
}
