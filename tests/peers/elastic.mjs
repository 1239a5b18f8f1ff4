// Sends numbered documents with real Elasticsearch clients. A number is printed when its item was answered with 201, "again N" when N are sent anew.
// node elastic.mjs URL TOKEN COUNT 8|9|winston|pino
import { createRequire } from 'node:module'
import { first, mayI } from './pace.mjs'

const [url, token, count, kind] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const pause = (ms) => new Promise((done) => setTimeout(done, ms))

// Each client uses a client library of its own; that one is listened to, and tries again for as long as a house may be away.
const library = {
  8: () => require('elasticsearch-8'),
  9: () => require('@elastic/elasticsearch'),
  winston: () => createRequire(require.resolve('winston-elasticsearch'))('@elastic/elasticsearch'),
  pino: () => createRequire(require.resolve('pino-elasticsearch'))('@elastic/elasticsearch'),
}[kind]()
const { Client } = library
let told = 0
const bulk = Client.prototype.bulk
const heard = new WeakSet()
Client.prototype.bulk = async function (params, options) {
  const library = this.diagnostic ?? this
  if (!heard.has(library)) {
    heard.add(library)
    library.on('request', (_, { meta }) => {
      if (meta.attempts > 0) console.log('again', String(meta.request.params.body).split('\n').filter(Boolean).length / 2)
    })
  }
  const answer = await bulk.call(this, params, { ...options, maxRetries: 1000, requestTimeout: 3000, retryBackoff: () => 0.1 })
  const documents = (params.body ?? params.operations).filter((_, i) => i % 2)
  const items = (answer.body ?? answer).items
  const numbers = documents.map((d) => Number(/"number":(\d+)/.exec(typeof d === 'string' ? d : JSON.stringify(d))[1]))
  const kept = numbers.filter((_, i) => Object.values(items[i])[0].status === 201)
  if (kept.length) console.log(kept.join('\n'))
  told += kept.length
  return answer
}

async function * documents () {
  for (let number = 0; number < Number(count); number++) {
    if (number % 10 === 0) await pause(1)
    await mayI(number)
    yield { message: `told ${number}`, number: first + number }
  }
}

if (kind === '8' || kind === '9') {
  const client = new Client({ node: url, auth: { apiKey: token } })
  await client.helpers.bulk({ datasource: documents(), flushBytes: 5000, flushInterval: 200, concurrency: 2, onDocument: () => ({ create: { _index: 'peers' } }) })
  await client.close()
} else if (kind === 'winston') {
  const winston = require('winston')
  const { ElasticsearchTransport } = require('winston-elasticsearch')
  const transport = new ElasticsearchTransport({ level: 'info', flushInterval: 50, clientOpts: { node: url, auth: { apiKey: token } } })
  transport.on('warning', () => {})
  transport.on('error', () => {})
  const logger = winston.createLogger({ transports: [transport] })
  logger.on('error', () => {})
  for await (const { message, number } of documents()) logger.info(message, { number })
  while (told < Number(count)) await pause(20)
} else {
  const pino = require('pino')
  const stream = require('pino-elasticsearch')({ node: url, auth: { apiKey: token }, index: 'peers', esVersion: 8, flushBytes: 5000, flushInterval: 200 })
  stream.on('error', (error) => console.error(error.message))
  const logger = pino({}, stream)
  for await (const { message, number } of documents()) logger.info({ number }, message)
  while (told < Number(count)) await pause(20)
}
process.exit(0)
