import { type ReactNode, useEffect } from 'react'
import { useTranslation } from 'react-i18next'

/** The title of a screen, also in the browser's tab, with what it means on hover, and what can be done with all of it. */
export function PageHead({ title, hint, extra }: { title: string; hint?: string; extra?: ReactNode }) {
  const { t } = useTranslation()
  const name = t('app.name')
  useEffect(() => {
    document.title = `${title} · ${name}`
  }, [title, name])
  return (
    <header className="page-head">
      <h1 className="page-title" title={hint}>
        {title}
      </h1>
      <div className="page-extra">{extra}</div>
    </header>
  )
}
