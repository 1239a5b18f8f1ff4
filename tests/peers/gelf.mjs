// Sends numbered messages with the real gelf-pro; GELF acknowledges nothing. Every tenth is long, so that UDP cuts it into chunks.
// node gelf.mjs udp|tcp PORT COUNT MARK
import { randomBytes } from 'node:crypto'
import gelf from 'gelf-pro'

const [adapterName, port, count, mark] = process.argv.slice(2)
gelf.setConfig({ adapterName, adapterOptions: { host: '127.0.0.1', port: Number(port) } })
for (let number = 0; number < Number(count); number++) {
  await new Promise((done) => gelf.info(`told ${number}`, { number, mark, filler: number % 10 ? '' : randomBytes(3000).toString('hex') }, done))
  if (adapterName === 'udp' && number % 20 === 19) await new Promise((done) => setTimeout(done, 1))
}
