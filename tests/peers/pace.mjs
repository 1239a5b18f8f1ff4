// How far a client may go. Whoever started it writes numbers to its input, a line each: it may send what stands below the last of them.
// FIRST in the environment is the number of its first message, so that several clients of one house are told apart.
import { EventEmitter, once } from 'node:events'
import { createInterface } from 'node:readline'

export const first = Number(process.env.FIRST)
const further = new EventEmitter()
let upTo = 0
createInterface({ input: process.stdin }).on('line', (line) => { upTo = Number(line); further.emit('further') })

/** Waits until the message with this number, counted from 0, may be sent. */
export async function mayI (number) { while (number >= upTo) await once(further, 'further') }

/** The numbers of a batch that starts at `from`: up to `size` of those that may be sent, counted from `first`. */
export async function batch (from, size, count) {
  await mayI(from)
  return Array.from({ length: Math.min(size, count - from, upTo - from) }, (_, i) => first + from + i)
}
