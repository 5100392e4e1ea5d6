import { useTranslation } from 'react-i18next'

/** As the hub writes down who did something: a person by their user name, which has no colon, or a system and the name of its key. */
const OF_SYSTEM = /^(mall|payments|warehouse|ops|wms):(.+)$/

/**
 * Who did something, in words: a person by their user name, another system by what it is, or the hub itself. What the hub has written
 * down is on hover, since that is what lists are filtered by.
 */
export function ActorName({ actor }: { actor: string }) {
  const name = useActorName()(actor)
  return name === actor ? actor : <span title={actor}>{name}</span>
}

/** The same for where a text is needed. */
export function useActorName(): (actor: string) => string {
  const { t } = useTranslation()
  return (actor) => {
    if (actor === 'system') return t('actor.hub')
    const [, system, name] = OF_SYSTEM.exec(actor) ?? []
    if (system === undefined || name === undefined) return actor
    return t(`actor.${system as 'mall'}`, { name }) // one of those of the pattern
  }
}
