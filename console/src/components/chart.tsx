import { type EChartsCoreOption, type EChartsType, init, use as register } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { type CSSProperties, useEffect, useRef } from 'react'

register([CanvasRenderer])

/**
 * One chart for as long as it is on the screen: another option changes it, nothing is added to what is there. Which parts of the library an
 * option needs, whoever makes it registers.
 *
 * @param option the same object as long as nothing is to change
 * @param label what it shows, for whoever does not see it
 */
export function Chart({
  option,
  label,
  className,
  style,
}: {
  option: EChartsCoreOption
  label: string
  className?: string
  style?: CSSProperties
}) {
  const box = useRef<HTMLDivElement>(null)
  const chart = useRef<EChartsType | null>(null)
  useEffect(() => {
    if (!box.current) return
    const made = init(box.current)
    chart.current = made
    const watcher = new ResizeObserver(() => made.resize())
    watcher.observe(box.current)
    return () => {
      watcher.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true })
  }, [option])
  return <div ref={box} className={className} style={style} role="img" aria-label={label} />
}
