// Sends numbered records with the real fluent-logger. A number is printed when its chunk was acknowledged, "again N" when N of them are sent anew.
// node forward.mjs PORT COUNT MARK Message|PackedForward|CompressedPackedForward [SHARED_KEY]
import logger from 'fluent-logger'
import { batch } from './pace.mjs'

const [port, count, mark, eventMode, sharedKey] = process.argv.slice(2)
const quiet = { error () {}, info () {}, log () {}, warn () {} }
const open = () => {
  const sender = logger.createFluentSender('peer', {
    host: '127.0.0.1', port: Number(port), timeout: 3.0, eventMode, requireAckResponse: true, ackResponseTimeout: 2000, flushInterval: 5, reconnectInterval: 100, internalLogger: quiet,
    security: sharedKey ? { clientHostname: 'peer01', sharedKey } : undefined,
  })
  sender.on('error', () => {})
  return sender
}
let sender = open()
const size = 10
for (let from = 0; from < Number(count);) {
  const numbers = await batch(from, size, Number(count))
  from += numbers.length
  for (;;) {
    const told = await new Promise((done) => {
      let left = numbers.length
      const timer = setTimeout(() => done(false), 2500)
      for (const number of numbers) {
        sender.emit('told', { number, mark, text: 'größe', deep: { list: [1, 2.5, null, true] } }, (error) => {
          if (error) { clearTimeout(timer); done(false) } else if (--left === 0) { clearTimeout(timer); done(true) }
        })
      }
    })
    if (told) break
    console.log('again', numbers.length)
    sender._disconnect() // Its own reconnection waits for the next record.
    sender = open()
    await new Promise((done) => setTimeout(done, 100))
  }
  console.log(numbers.join('\n'))
}
sender.end(null, null, () => process.exit(0))
