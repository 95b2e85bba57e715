import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

export interface Delay {
  readonly url: string
  stop(): Promise<void>
}

/** Puts a network of `ms` round trip in front of a server; 0 is the server itself. */
export async function startDelay(url: string, ms: number): Promise<Delay> {
  if (ms === 0) return { url, stop: async () => undefined }

  // In a thread of its own: it must not share the event loop that is measured.
  const worker = new Worker(new URL('./delay-worker.js', import.meta.url), {
    workerData: { port: Number(new URL(url).port), ms },
  })
  const [port] = await once(worker, 'message')
  const delayed = new URL(url)
  delayed.port = String(port)
  return {
    url: delayed.href,
    async stop() {
      await worker.terminate()
    },
  }
}
