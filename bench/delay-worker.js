// JavaScript, because a worker does not inherit the loader that runs TypeScript.
import { connect, createServer } from 'node:net'
import { parentPort, workerData } from 'node:worker_threads'

const { port, ms } = workerData

const server = createServer({ noDelay: true }, (client) => {
  const upstream = connect({ host: '127.0.0.1', port, noDelay: true })
  // All of the delay on the way there: two timers of half a millisecond would each be rounded up.
  client.on('data', (chunk) => setTimeout(() => upstream.write(chunk), ms))
  upstream.on('data', (chunk) => client.write(chunk))
  for (const [socket, other] of [
    [client, upstream],
    [upstream, client],
  ]) {
    socket.on('close', () => other.destroy())
    socket.on('error', () => other.destroy())
  }
})

server.listen(0, '127.0.0.1', () => parentPort.postMessage(server.address().port))
