import { Button } from 'antd'
import { type PointerEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'

const WIDTH = 640
const HEIGHT = 240
const INK = '#111827'

/** Drawn by a finger or a pen; a picture as soon as it is said to be done. */
export function SignatureField({
  isSigned,
  onSign,
}: {
  isSigned: boolean
  onSign: (picture: Blob | null) => void
}) {
  const { t } = useTranslation()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [hasInk, setInk] = useState(false)

  const pointOf = ({ clientX, clientY }: PointerEvent<HTMLCanvasElement>) => {
    const box = canvas.current?.getBoundingClientRect() ?? new DOMRect(0, 0, WIDTH, HEIGHT)
    return {
      x: ((clientX - box.left) / box.width) * WIDTH,
      y: ((clientY - box.top) / box.height) * HEIGHT,
    }
  }
  const begin = (event: PointerEvent<HTMLCanvasElement>) => {
    const ink = canvas.current?.getContext('2d')
    if (!ink) return
    event.currentTarget.setPointerCapture(event.pointerId)
    const { x, y } = pointOf(event)
    ink.strokeStyle = INK
    ink.lineWidth = 4
    ink.lineCap = 'round'
    ink.beginPath()
    ink.moveTo(x, y)
    setInk(true)
  }
  const draw = (event: PointerEvent<HTMLCanvasElement>) => {
    const ink = canvas.current?.getContext('2d')
    if (!ink || !event.currentTarget.hasPointerCapture(event.pointerId)) return
    const { x, y } = pointOf(event)
    ink.lineTo(x, y)
    ink.stroke()
  }
  const clear = () => {
    canvas.current?.getContext('2d')?.clearRect(0, 0, WIDTH, HEIGHT)
    setInk(false)
    if (isSigned) onSign(null)
  }
  return (
    <div className="field">
      <span>{t('inspections.signature')}</span>
      {isSigned ? (
        <span role="status">{t('inspections.signed')}</span>
      ) : (
        <canvas
          ref={canvas}
          width={WIDTH}
          height={HEIGHT}
          className="signature"
          role="img"
          aria-label={t('inspections.signatureHint')}
          onPointerDown={begin}
          onPointerMove={draw}
        />
      )}
      <span>
        {!isSigned && (
          <Button size="large" disabled={!hasInk} onClick={() => canvas.current?.toBlob(onSign, 'image/png')}>
            {t('inspections.sign')}
          </Button>
        )}{' '}
        <Button size="large" disabled={!hasInk && !isSigned} onClick={clear}>
          {t('inspections.signAgain')}
        </Button>
      </span>
    </div>
  )
}
