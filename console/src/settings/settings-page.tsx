import { getRouteApi } from '@tanstack/react-router'
import { Segmented } from 'antd'
import { type ComponentType, lazy, Suspense } from 'react'
import { useTranslation } from 'react-i18next'
import type { Role } from '../api/types.ts'
import { PageHead } from '../components/page-head.tsx'
import { Loading, NotAllowed } from '../components/states.tsx'
import { useFilters } from '../components/use-filters.ts'
import { OFFERED } from '../session/screens.ts'
import { usePerson } from '../session/session.ts'
import { PARTS, type Part, type SettingsSearch } from './search.ts'

const route = getRouteApi('/shell/settings')

/** Each is fetched when it is opened: most people see two of them. */
const SHOWN: Record<Part, ComponentType<{ search: SettingsSearch }>> = {
  me: lazy(async () => ({ default: (await import('./own-account.tsx')).OwnAccount })),
  delegations: lazy(async () => ({ default: (await import('./delegations.tsx')).Delegations })),
  calendar: lazy(async () => ({ default: (await import('./calendar.tsx')).Calendar })),
  people: lazy(async () => ({ default: (await import('./people.tsx')).People })),
  keys: lazy(async () => ({ default: (await import('./api-keys.tsx')).ApiKeys })),
}
/** Whom a part is for, where it is not everybody's as their own account is. */
const ROLES_OF: Partial<Record<Part, readonly Role[]>> = {
  delegations: OFFERED.settings,
  calendar: OFFERED.calendar,
  people: OFFERED.people,
  keys: OFFERED.apiKeys,
}

/** One's own account and who stands in for whom; for those whose it is, who may do what, and the calendar. */
export function SettingsPage() {
  const { t } = useTranslation()
  const { role } = usePerson()
  const search = route.useSearch()
  const change = useFilters<SettingsSearch>()
  const mayOpen = (part: Part) => ROLES_OF[part]?.includes(role) ?? true
  const part = search.part ?? 'me'
  const Shown = SHOWN[part]
  return (
    <>
      <PageHead
        title={t('settings.title')}
        extra={
          <Segmented
            aria-label={t('settings.title')}
            className="parts"
            value={part}
            onChange={(value) =>
              change({
                ...{ text: undefined, role: undefined, running: undefined, ended: undefined },
                part: value === 'me' ? undefined : value,
              })
            }
            options={PARTS.filter(mayOpen).map((value) => ({ value, label: t(`settingsPart.${value}`) }))}
          />
        }
      />
      {mayOpen(part) ? (
        <Suspense fallback={<Loading />}>
          <Shown search={search} />
        </Suspense>
      ) : (
        // Somebody else's link may lead where this role has no part.
        <NotAllowed roles={ROLES_OF[part] ?? []} />
      )}
    </>
  )
}
