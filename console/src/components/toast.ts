/**
 * Tells for some seconds what became of something, wherever one has gone on to. The library's messages are fetched when there is the
 * first to tell.
 */
export async function toast(kind: 'success' | 'error', text: string, seconds = 3): Promise<void> {
  const { default: message } = await import('antd/es/message')
  void message[kind](text, seconds)
}
