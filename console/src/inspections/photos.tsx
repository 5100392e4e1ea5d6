import { CameraOutlined, CheckCircleOutlined, CloudUploadOutlined, DeleteOutlined } from '@ant-design/icons'
import { Button, Image } from 'antd'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { InspectionDetail } from '../api/types.ts'
import { useErrands } from '../device/use-device.ts'

type Props = {
  inspectionId: string
  /** As the hub has them. */
  sent: InspectionDetail['photos']
  photos: readonly { photoId: string }[]
  onAdd: (file: File) => void
  onRemove: (photoId: string) => void
}

/** Photographs by the telephone's camera: kept here as soon as they are taken, sent as the network allows. */
export function Photos({ inspectionId, sent, photos, onAdd, onRemove }: Props) {
  const { t } = useTranslation()
  const input = useRef<HTMLInputElement>(null)
  const errands = useErrands(inspectionId)
  return (
    <div className="attachments">
      {photos.map(({ photoId }, index) => {
        const errand = errands.find(({ id }) => id === photoId)
        const bytes = errand?.work.kind === 'photo' ? errand.work.bytes : null
        const name = t('inspections.photo', { number: index + 1 })
        return (
          <figure key={photoId} className="photo">
            <Picture
              bytes={bytes}
              sentUrl={sent.find((photo) => photo.photoId === photoId)?.thumbnailUrl ?? null}
              name={name}
            />
            <figcaption>
              {errand ? <CloudUploadOutlined aria-hidden /> : <CheckCircleOutlined aria-hidden />}{' '}
              {t(errand ? 'inspections.photoWaits' : 'inspections.photoSent')}
              <Button
                type="text"
                icon={<DeleteOutlined />}
                aria-label={t('inspections.removePhoto', { name })}
                onClick={() => onRemove(photoId)}
              />
            </figcaption>
          </figure>
        )
      })}
      <input
        ref={input}
        type="file"
        hidden
        accept="image/jpeg,image/png,image/webp"
        capture="environment"
        aria-label={t('inspections.takePhoto')}
        onChange={({ target }) => {
          for (const file of target.files ?? []) onAdd(file)
          target.value = ''
        }}
      />
      <Button size="large" icon={<CameraOutlined />} onClick={() => input.current?.click()}>
        {t('inspections.takePhoto')}
      </Button>
    </div>
  )
}

function Picture({
  bytes,
  sentUrl,
  name,
}: {
  bytes: ArrayBuffer | null
  sentUrl: string | null
  name: string
}) {
  const [url, setUrl] = useState<string | null>(null)
  useEffect(() => {
    if (bytes === null) return
    const made = URL.createObjectURL(new Blob([bytes]))
    setUrl(made)
    return () => {
      URL.revokeObjectURL(made)
      setUrl(null)
    }
  }, [bytes])
  const shown = url ?? sentUrl
  if (shown === null) return <div className="photo-none" />
  return <Image src={shown} alt={name} height={96} className="attachment" preview={false} />
}
