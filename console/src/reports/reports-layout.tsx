import { Link, Outlet } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { isOffered, REPORTS } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'

/** The reports beside each other; each is loaded when it is opened. */
export function ReportsLayout() {
  const { t } = useTranslation()
  const { role } = usePerson()
  return (
    <>
      <nav aria-label={t('reports.label')}>
        <ul className="report-tabs">
          {REPORTS.filter(({ key }) => isOffered(key, role)).map(({ key, path }) => (
            <li key={key}>
              <Link to={path} className="report-tab" activeOptions={{ includeSearch: false }}>
                {t(`reports.${key}`)}
              </Link>
            </li>
          ))}
        </ul>
      </nav>
      <Outlet />
    </>
  )
}
