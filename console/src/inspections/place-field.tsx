import { EnvironmentOutlined } from '@ant-design/icons'
import { Button } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InspectionDraft } from './draft.ts'

type Position = NonNullable<InspectionDraft['position']>
const WAIT_MS = 15_000
/** Of a place that was asked for before. */
const OLDEST_MS = 60_000

/** Where the telephone is, if it may say so: the hub measures how far that is from the address, and keeps only that. */
export function PlaceField({
  position,
  onFound,
}: {
  position: Position | null
  onFound: (position: Position) => void
}) {
  const { t } = useTranslation()
  const [state, setState] = useState<'idle' | 'asking' | 'failed'>('idle')
  const ask = () => {
    setState('asking')
    navigator.geolocation.getCurrentPosition(
      ({ coords: { longitude, latitude, accuracy } }) => {
        setState('idle')
        onFound({ longitude, latitude, accuracyMetres: Math.round(accuracy), datum: 'wgs84' })
      },
      () => setState('failed'),
      { enableHighAccuracy: true, timeout: WAIT_MS, maximumAge: OLDEST_MS },
    )
  }
  return (
    <div className="field">
      <span role="status">
        {position !== null
          ? t('inspections.placeFound', { metres: position.accuracyMetres ?? 0 })
          : state === 'failed'
            ? t('inspections.placeFailed')
            : t('inspections.placeHint')}
      </span>
      <Button size="large" icon={<EnvironmentOutlined />} loading={state === 'asking'} onClick={ask}>
        {t('inspections.place')}
      </Button>
    </div>
  )
}
