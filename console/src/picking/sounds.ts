let context: AudioContext | null = null

/** A short high sound for what counted, two low ones for what did not: heard without looking at the screen. */
export function playSound(which: 'right' | 'wrong'): void {
  // Made by the first key: a browser lets nothing sound before somebody has done something.
  context ??= new AudioContext()
  void context.resume()
  if (which === 'right') return tone(context, 1_760, 0, 0.08)
  tone(context, 220, 0, 0.18)
  tone(context, 220, 0.26, 0.3)
  // Felt, too, where it is loud.
  navigator.vibrate?.([200, 100, 200])
}

/** @param afterSeconds from now */
function tone(audio: AudioContext, hertz: number, afterSeconds: number, seconds: number): void {
  const from = audio.currentTime + afterSeconds
  const oscillator = audio.createOscillator()
  const gain = audio.createGain()
  oscillator.frequency.value = hertz
  oscillator.type = 'square'
  gain.gain.value = 0.2
  oscillator.connect(gain).connect(audio.destination)
  oscillator.start(from)
  oscillator.stop(from + seconds)
}
