import { subscribe, unsubscribe } from 'node:diagnostics_channel'

/** What is published on a diagnostics channel during the tests of a `describe`, anew for each of them. */
export function eventsOf<Event>(channel: string): Event[] {
  const events: Event[] = []
  const note = (event: unknown) => events.push(event as Event)
  beforeEach(() => {
    events.length = 0
    subscribe(channel, note)
  })
  afterEach(() => {
    unsubscribe(channel, note)
  })
  return events
}
