/** Sets what the snowline command sets (decisions/0004): a small heap, collected early. `HEAP=default` leaves V8 as it is. */
import { setFlagsFromString } from 'node:v8'

if (process.env.HEAP !== 'default') {
  setFlagsFromString('--semi-space-growth-factor=1')
  setFlagsFromString('--heap-growing-percent=50')
}
