// Sends numbered events with real clients of Seq. A number is printed when its request was acknowledged, "again N" when N of them are sent anew although
// the house may have them.
// node seq.mjs URL TOKEN COUNT logging|bunyan
import { createRequire } from 'node:module'
import { batch } from './pace.mjs'

const [serverUrl, apiKey, count, kind] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

// Both forget a batch that failed after they said so; each attempt says it all again.
let failed = false
const options = { serverUrl, apiKey, maxBatchingTime: 20, maxRetries: 3, retryDelay: 100, onError: (error) => { failed = error?.cause?.code ?? true } }
const attempt = kind === 'bunyan'
  ? async (numbers) => {
    const seq = require('bunyan-seq').createStream(options)
    const logger = require('bunyan').createLogger({ name: 'peer', streams: [seq] })
    for (const number of numbers) logger.info({ number }, 'told by bunyan')
    await new Promise((done) => seq.stream.end(done))
  }
  : await (async () => {
    const { Logger } = await import('seq-logging')
    const logger = new Logger(options)
    return async (numbers) => {
      for (const number of numbers) logger.emit({ timestamp: new Date(), level: 'Information', messageTemplate: 'told {number} {größe}', properties: { number, größe: 'ü' } })
      await logger.flush()
    }
  })()
for (let from = 0; from < Number(count);) {
  const numbers = await batch(from, 25, Number(count))
  from += numbers.length
  for (;;) {
    failed = false
    await attempt(numbers)
    if (!failed) break
    if (failed !== 'ECONNREFUSED') console.log('again', numbers.length)
    await pause(100)
  }
  console.log(numbers.join('\n'))
}
process.exit(0)
