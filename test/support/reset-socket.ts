import type { Socket } from 'node:net'

/**
 * Cuts a connection with RST. A socket that is shutting down already is closed instead: Node loses the
 * handle of one that is reset then, and waits for it for ever when the process ends.
 */
export function resetSocket(socket: Socket | undefined): void {
  if (!socket || socket.destroyed) return
  if (socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
