import { useTranslation } from 'react-i18next'
import type { Courier } from '../api/types.ts'
import { Tag } from '../components/tag.tsx'
import { PARCEL_STANDINGS } from './search.ts'

/** How many parcels are under way, and with how many something is wrong. */
export function ParcelCounts({ parcels }: { parcels: Courier['parcels'] }) {
  const { t } = useTranslation()
  return (
    <>
      <span className="figure">
        {parcels.underWay}
        {parcels.isCapped && '+'}
      </span>{' '}
      {PARCEL_STANDINGS.map(
        (standing) =>
          parcels[standing] > 0 && (
            <Tag key={standing} tone={standing === 'silent' ? 'gold' : 'red'}>
              {t(`parcelStanding.${standing}`)} {parcels[standing]}
            </Tag>
          ),
      )}
    </>
  )
}
