import type { i18n as I18n } from 'i18next'
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
  const { i18n } = useTranslation()
  return (actor) => actorName(i18n, actor)
}

/** The same for who asked for a change. */
export function useApplicantName(): (applicant: string) => string {
  const { t, i18n } = useTranslation()
  return (applicant) => {
    const platform = platformName(i18n, applicant)
    return platform === null ? actorName(i18n, applicant) : t('actor.buyer', { platform })
  }
}

function actorName(i18n: I18n, actor: string): string {
  if (actor === 'system') return i18n.t('actor.hub')
  const [, system, name] = OF_SYSTEM.exec(actor) ?? []
  if (system === undefined || name === undefined) return platformName(i18n, actor) ?? actor
  return i18n.t(`actor.${system as 'mall'}`, { name }) // one of those of the pattern
}

/** A platform acts under its code; null: nobody of that name is one. */
function platformName(i18n: I18n, actor: string): string | null {
  const key = `channel.${actor}`
  return i18n.exists(key) ? i18n.t(key as 'channel.mall') : null // exists: a key of the catalogue
}
