import { useTranslation } from 'react-i18next'

/** As the hub writes down who did something: a person by their user name, which has no colon, or a system and the name of its key. */
const OF_SYSTEM = /^(mall|payments|warehouse|ops|wms):(.+)$/

/**
 * Who did something, in words: a person by their user name, a platform by its name, another system by what it is, or the hub itself. What
 * the hub has written down is on hover, since that is what lists are filtered by.
 */
export function ActorName({ actor }: { actor: string }) {
  return <Named actor={actor} name={useActorName()(actor)} />
}

/** The same for who asked for a change: a platform asks what its buyer has asked there. */
export function ApplicantName({ applicant }: { applicant: string }) {
  return <Named actor={applicant} name={useApplicantName()(applicant)} />
}

function Named({ actor, name }: { actor: string; name: string }) {
  return name === actor ? actor : <span title={actor}>{name}</span>
}

/** The name alone, for where a text is needed. */
export function useActorName(): (actor: string) => string {
  const { t } = useTranslation()
  const platformName = usePlatformName()
  return (actor) => {
    if (actor === 'system') return t('actor.hub')
    const [, system, name] = OF_SYSTEM.exec(actor) ?? []
    if (system === undefined || name === undefined) return platformName(actor) ?? actor
    return t(`actor.${system as 'mall'}`, { name }) // one of those of the pattern
  }
}

/** The same for who asked for a change. */
export function useApplicantName(): (applicant: string) => string {
  const { t } = useTranslation()
  const actorName = useActorName()
  const platformName = usePlatformName()
  return (applicant) => {
    const platform = platformName(applicant)
    return platform === null ? actorName(applicant) : t('actor.buyer', { platform })
  }
}

/** A platform acts under its code; null: nobody of that name is one. */
function usePlatformName(): (actor: string) => string | null {
  const { t, i18n } = useTranslation()
  return (actor) => {
    const key = `channel.${actor}`
    return i18n.exists(key) ? t(key as 'channel.mall') : null // exists: a key of the catalogue
  }
}
