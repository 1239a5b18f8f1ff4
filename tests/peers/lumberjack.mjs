// Sends numbered documents with real clients of Lumberjack: version 2, compressed, or version 1 over TLS. A number is printed when it was
// acknowledged, "again N" when N of them are sent anew, because their connection ended before. Neither client does anything about acknowledgements
// itself, so they are heard here.
// node lumberjack.mjs PORT COUNT 1|2 [CA]
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { first, mayI } from './pace.mjs'

const [port, count, version, ca] = process.argv.slice(2)
const require = createRequire(import.meta.url)
const pause = (ms) => new Promise((done) => setTimeout(done, ms))
const waiting = Array.from({ length: Number(count) }, (_, i) => first + i)
let sent = [] // [sequence number, number], of this connection
let told = 0

function heard (upTo) {
  const kept = sent.filter(([sequence]) => sequence <= upTo).map(([, number]) => number)
  sent = sent.filter(([sequence]) => sequence > upTo)
  told += kept.length
  if (kept.length) console.log(kept.join('\n'))
}

function ended () {
  if (sent.length) console.log('again', sent.length)
  waiting.unshift(...sent.map(([, number]) => number))
  sent = []
}

let send
if (version === '1') {
  const client = require('lumberjack-protocol').client({ host: '127.0.0.1', port: Number(port), ca: [readFileSync(ca)], servername: 'andon.test' }, { reconnect: 100, maxQueueSize: 1 })
  client.on('connect', () => client._socket.on('ack', heard))
  client.on('disconnect', ended)
  send = (number) => {
    if (!client.connected) return false
    client.writeDataFrame({ line: `told number=${number}`, host: 'peer01' })
    sent.push([client._socket.getLastSequenceNumber(), number])
    return true
  }
} else {
  // Each message is a window of its own, acknowledged by a number that is always 1: acknowledgements come in the order of the windows.
  const Client = require('lumberjack-client')
  // It connects anew without a pause, thousands of times while the house is dead: from another address, or it would meet itself one day.
  const client = new Client({ host: '127.0.0.1', port: Number(port), localAddress: '127.0.0.2' })
  let socket
  send = (number) => {
    if (!client.connected || !client.socket?.writable) return false
    if (socket !== client.socket) {
      socket = client.socket
      let acks = Buffer.alloc(0)
      socket.on('data', (bytes) => {
        acks = Buffer.concat([acks, bytes])
        for (; acks.length >= 6; acks = acks.subarray(6)) {
          if (acks.toString('latin1', 0, 2) !== '2A') throw new Error('no acknowledgement')
          if (acks.readUInt32BE(2) === 1) heard(sent[0][0])
        }
      })
      socket.on('close', ended)
    }
    client.log({ '@timestamp': new Date(), message: `told ${number}`, number })
    sent.push([number, number])
    return true
  }
}
// Whatever goes wrong with a connection, the client makes another.
process.on('uncaughtException', (error) => { if (!/ECONN|EPIPE|socket|TLS/i.test(error.message)) throw error })
let allowed = 0
let asked = -1
while (told < Number(count)) {
  const number = waiting[0] - first
  // Not waited for here: what was sent may come back meanwhile.
  if (number >= allowed && asked < number) {
    asked = number
    mayI(number).then(() => { allowed = number + 1 })
  }
  if (number < allowed && send(waiting[0])) waiting.shift()
  await pause(number % 5 ? 0 : 1)
}
process.exit(0)
