import { Button, Input, Select } from 'antd'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useScanner } from './use-scanner.ts'

/** Who takes parcels, by the codes of the hub. */
const COURIERS = ['sf', 'jd', 'ems', 'zto', 'yto', 'sto', 'yunda', 'deppon'] as const
type Courier = (typeof COURIERS)[number]
const STORED_AS = 'order-hub.courier'
const NUMBER_CHARACTERS = 128

/** The last courier of this device: a table packs for one of them all day. */
function lastCourier(): Courier {
  const stored = localStorage.getItem(STORED_AS)
  return COURIERS.find((courier) => courier === stored) ?? COURIERS[0]
}

/** Courier and waybill, as the label on the parcel has it. */
export function PackingForm({
  onPack,
}: {
  onPack: (label: { courier: string; waybillNumber: string }) => void
}) {
  const { t } = useTranslation()
  const id = useId()
  const [courier, setCourier] = useState(lastCourier)
  const [number, setNumber] = useState('')
  useScanner(setNumber)
  const waybillNumber = number.trim()
  return (
    <form
      className="field"
      onSubmit={(event) => {
        event.preventDefault()
        if (waybillNumber === '') return
        localStorage.setItem(STORED_AS, courier)
        onPack({ courier, waybillNumber })
      }}
    >
      <label htmlFor={`${id}-courier`}>{t('picking.courier')}</label>
      <Select
        id={`${id}-courier`}
        size="large"
        value={courier}
        onChange={setCourier}
        options={COURIERS.map((value) => ({ value, label: t(`courier.${value}`) }))}
      />
      <label htmlFor={`${id}-number`}>{t('picking.waybill')}</label>
      <Input
        id={`${id}-number`}
        size="large"
        autoComplete="off"
        maxLength={NUMBER_CHARACTERS}
        value={number}
        onChange={({ target }) => setNumber(target.value)}
      />
      <Button
        type="primary"
        size="large"
        block
        className="pick-button"
        htmlType="submit"
        disabled={waybillNumber === ''}
      >
        {t('picking.pack')}
      </Button>
    </form>
  )
}
