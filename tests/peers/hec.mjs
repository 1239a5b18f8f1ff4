// Sends numbered events with the real Splunk logger. A number is printed when its event was acknowledged, "again N" when N of them are sent anew.
// node hec.mjs URL TOKEN COUNT MARK
import splunk from 'splunk-logging'
import { batch } from './pace.mjs'

const [url, token, count, mark] = process.argv.slice(2)
const logger = new splunk.Logger({ token, url, maxBatchCount: 0, maxRetries: 0 })
logger.error = () => {}
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const size = 10
for (let from = 0; from < Number(count);) {
  const numbers = await batch(from, size, Number(count))
  from += numbers.length
  // The logger forgets a batch that failed, so each attempt says it all again.
  for (;;) {
    for (const n of numbers) logger.send({ message: { number: n, mark }, metadata: { host: 'peer01', sourcetype: 'peer' } })
    const answer = await new Promise((done) => logger.flush((error, response, body) => done(error ? {} : body)))
    const said = typeof answer === 'string' ? JSON.parse(answer || '{}') : answer ?? {}
    if (said.code === 0) break
    console.log('again', numbers.length)
    logger.serializedContextQueue.length = 0
    await pause(100)
  }
  console.log(numbers.join('\n'))
}
process.exit(0)
