// Sends numbered messages with the real gelf-pro; GELF acknowledges nothing. A number is printed when the client handed it to the network.
// Every tenth is long, so that UDP cuts it into chunks. Over TCP the client connects anew for each, and hears when nobody listens; `closed N` is printed
// when the other side ended a connection in order, which it does when it has read and stored everything.
// node gelf.mjs udp|tcp PORT COUNT MARK
import { randomBytes } from 'node:crypto'
import net from 'node:net'
import gelf from 'gelf-pro'
import { first, mayI } from './pace.mjs'

const [adapterName, port, count, mark] = process.argv.slice(2)
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
let current = -1
if (adapterName === 'tcp') {
  const connect = net.connect
  net.connect = (...how) => {
    const socket = connect(...how)
    const number = current
    let ended = false
    socket.on('end', () => (ended = true))
    socket.on('close', (broken) => ended && !broken && console.log(`closed ${first + number}`))
    socket.resume() // Its end is seen only by who reads.
    return socket
  }
}
gelf.setConfig({ adapterName, adapterOptions: { host: '127.0.0.1', port: Number(port) } })
for (let number = 0; number < Number(count); number++) {
  await mayI(number)
  current = number
  const filler = number % 10 ? '' : randomBytes(3000).toString('hex')
  while (await new Promise((done) => gelf.info(`told ${number}`, { number: first + number, mark, filler }, done))) await pause(50)
  console.log(first + number)
  if (adapterName === 'udp' && number % 10 === 9) await pause(5)
}
await pause(adapterName === 'tcp' ? 2000 : 0) // What is on its way is still told.
process.exit(0)
