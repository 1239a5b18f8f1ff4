// Sends numbered lines with real clients of Loki. A number is printed when its push was acknowledged, "again N" when N of them are sent anew although
// the house may have them.
// node loki.mjs URL TOKEN COUNT winston|winston-json|pino
import { createRequire } from 'node:module'
import { batch, first, mayI } from './pace.mjs'

const [url, token, count, kind] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

if (kind === 'pino') {
  // pino-loki forgets a push that failed and only says so on the console: each attempt is a transport of its own.
  const pino = require('pino')
  const { pinoLoki } = require('pino-loki')
  let failed = false
  console.error = (...said) => { failed = said.at(-1)?.cause?.code ?? true }
  for (let from = 0; from < Number(count);) {
    const numbers = await batch(from, 25, Number(count))
    from += numbers.length
    for (;;) {
      failed = false
      const stream = pinoLoki({ host: url, basicAuth: { username: 'peer', password: token }, headers: { 'X-Scope-OrgID': 'peers' }, labels: { app: 'peer' }, timeout: 3000, batching: { interval: 1 } })
      const logger = pino({}, stream)
      for (const number of numbers) logger.info({ number, meta: { shift: 'day' } }, `told ${number}`)
      stream.end()
      await new Promise((done) => stream.once('close', done))
      if (!failed) break
      if (failed !== 'ECONNREFUSED') console.log('again', numbers.length)
      await pause(100)
    }
    console.log(numbers.join('\n'))
  }
} else {
  const winston = require('winston')
  const LokiTransport = require('winston-loki')
  let told = 0
  const transport = new LokiTransport({
    host: url, basicAuth: `peer:${token}`, headers: { 'X-Scope-OrgID': 'peers' }, labels: { app: 'peer', job: 'größe' }, interval: 0.05, timeout: 3000,
    json: kind === 'winston-json', gracefulShutdown: false, onConnectionError: () => {},
  })
  const batcher = transport.batcher
  batcher.circuitBreakerInterval = 200 // A minute, otherwise.
  const send = batcher.sendBatchToLoki.bind(batcher)
  batcher.sendBatchToLoki = async () => {
    const numbers = batcher.batch.streams.flatMap((s) => s.entries).map((e) => Number(/number":(\d+)/.exec(e.line)[1]))
    try {
      await send()
    } catch (error) {
      if (numbers.length && error.code !== 'ECONNREFUSED') console.log('again', numbers.length)
      throw error
    }
    if (numbers.length) console.log(numbers.join('\n'))
    told += numbers.length
  }
  const logger = winston.createLogger({ transports: [transport] })
  for (let number = 0; number < Number(count); number++) {
    if (number % 10 === 0) await pause(1)
    await mayI(number)
    logger.info(`told ${first + number}`, { number: first + number })
  }
  while (told < Number(count)) await pause(20)
}
process.exit(0)
